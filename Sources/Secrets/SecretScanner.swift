/// Finds secrets in bytes: one pass for keywords, a matcher of its own at each.
///
/// Every matcher looks at no more than a bounded number of bytes around its keyword, so that the
/// time is linear in the bytes, whatever they are.
///
/// An object: its tables are handed from place to place for every draft.
package final class SecretScanner: Sendable {
  private let prefilter: Prefilter
  private let keywords: [Keyword]
  /// The first keyword of each hash of its three bytes, and behind each keyword the next; -1 ends.
  private let heads: [Int32]
  private let nexts: [Int32]
  private let tokens = TokenRule.all
  private let literals: [(rule: String, form: SecretLiteral.Form)]

  /// A scanner for the shipped rules and for values that the caller knows.
  package init(literals: [SecretLiteral] = []) {
    self.literals = literals.flatMap { literal in
      literal.forms.map { (rule: literal.rule, form: $0) }
    }
    keywords =
      RuleSet.keywords
      + self.literals.indices.map { [literals = self.literals] index in
        Keyword(
          literals[index].form.bytes, foldsCase: literals[index].form.foldsCase, .literal(index))
      }
    var prefilter = Prefilter()
    var heads = [Int32](repeating: -1, count: Prefilter.hashCount)
    var nexts = [Int32](repeating: -1, count: keywords.count)
    for (index, keyword) in keywords.enumerated() {
      prefilter.add(keyword.three)
      let hash = Prefilter.hash(keyword.three)
      nexts[index] = heads[hash]
      heads[hash] = Int32(truncatingIfNeeded: index)
    }
    self.prefilter = prefilter
    self.heads = heads
    self.nexts = nexts
  }

  /// The secrets, in order and apart from each other.
  ///
  /// - Parameter name: of the member whose value the bytes are, in JSON: it may say by itself that
  ///   the value is a secret.
  package func findings(in text: Span<UInt8>, memberName name: Span<UInt8>? = nil) -> [Finding] {
    var matches: [Match] = []
    var markers: [Range<Int>] = []
    var start = 0
    while let place = prefilter.next(in: text, from: start) {
      look(at: place, in: text, &matches, &markers)
      start = place + 1
    }
    if let name, !text.isEmpty, text.count <= AssignmentRule.byteCountMax {
      let whole = 0..<text.count
      if AssignmentRule.isName(name), AssignmentRule.isSecret(whole, in: text) {
        add(AssignmentRule.name, whole, Match.assignment, &matches)
      }
    }
    return matches.isEmpty ? [] : Match.resolved(matches, apartFrom: markers)
  }

  /// The secrets, in order and apart from each other.
  package func findings(in text: [UInt8]) -> [Finding] { findings(in: text.span) }

  /// The secrets in a member's value, whose name may say that it is one.
  package func findings(in text: [UInt8], memberName name: [UInt8]?) -> [Finding] {
    guard let name else { return findings(in: text.span) }
    return findings(in: text.span, memberName: name.span)
  }

  /// Whether a rule may find something in the bytes, or in a part of them, also when they are JSON
  /// whose strings have no other escapes than must be.
  ///
  /// Of keywords that are parts of usual words a little more is looked at: that sees the same bytes
  /// in a string and in its JSON.
  package func mayFind(in text: Span<UInt8>) -> Bool {
    var start = 0
    while let place = prefilter.next(in: text, from: start) {
      let three = Prefilter.three(text[place], text[place + 1], text[place + 2])
      var index = Int(heads[Prefilter.hash(three)])
      while index >= 0 {
        let keyword = keywords[index]
        let start = place - keyword.anchor
        if keyword.three == three,
          text.has(keyword.bytes, at: start, foldingCase: keyword.foldsCase),
          mayMatch(keyword, at: start, in: text)
        {
          return true
        }
        index = Int(nexts[index])
      }
      start = place + 1
    }
    return false
  }

  private func mayMatch(_ keyword: Keyword, at start: Int, in text: Span<UInt8>) -> Bool {
    switch keyword.matcher {
    case .token(let index): tokens[index].match(at: start, in: text) != nil
    case .assignment:
      AssignmentRule.nameEnd(start..<start + keyword.bytes.count, in: text) != nil
        || text.has("password", at: start, foldingCase: true)
    case .url: URLRule.match(at: start, in: text) != nil
    default: true
    }
  }

  /// Tries the keywords whose three bytes may stand at `place`.
  private func look(
    at place: Int, in text: Span<UInt8>, _ matches: inout [Match], _ markers: inout [Range<Int>]
  ) {
    let three = Prefilter.three(text[place], text[place + 1], text[place + 2])
    var index = Int(heads[Prefilter.hash(three)])
    while index >= 0 {
      let keyword = keywords[index]
      index = Int(nexts[index])
      let start = place - keyword.anchor
      guard keyword.three == three,
        text.has(keyword.bytes, at: start, foldingCase: keyword.foldsCase)
      else { continue }
      if keyword.matcher == .marker {
        if let range = Marker.range(at: start, in: text) { markers.append(range) }
      } else {
        match(keyword, at: start, in: text, &matches)
      }
    }
  }

  private func match(
    _ keyword: Keyword, at start: Int, in text: Span<UInt8>, _ matches: inout [Match]
  ) {
    let end = start + keyword.bytes.count
    switch keyword.matcher {
    case .token(let index):
      guard let range = tokens[index].match(at: start, in: text) else { return }
      add(tokens[index].name, range, Match.shape, &matches)
      if tokens[index].name == TokenRule.awsKeyID {
        AWSSecretRule.match(around: range, in: text) {
          add(AWSSecretRule.name, $0, Match.shape, &matches)
        }
      }
    case .literal(let index):
      add(literals[index].rule, literalRange(index, start, in: text), Match.literal, &matches)
    case .assignment:
      add(
        AssignmentRule.name, AssignmentRule.match(start..<end, in: text), Match.assignment,
        &matches)
      if keyword.bytes.count == 8, keyword.bytes.first == UInt8(ascii: "p") {
        add(NetrcRule.name, NetrcRule.match(start..<end, in: text), Match.shape, &matches)
      }
    default:
      let (rule, range) = shape(keyword.matcher, start..<end, in: text)
      add(rule, range, Match.shape, &matches)
    }
  }

  private func shape(
    _ matcher: Matcher, _ keyword: Range<Int>, in text: Span<UInt8>
  ) -> (String, Range<Int>?) {
    let start = keyword.lowerBound
    let end = keyword.upperBound
    return switch matcher {
    case .webToken: (WebTokenRule.name, WebTokenRule.match(at: start, in: text))
    case .privateKey: (PrivateKeyRule.name, PrivateKeyRule.match(at: start, in: text))
    case .url: (URLRule.name, URLRule.match(at: start, in: text))
    case .authorization: (AuthorizationRule.name, AuthorizationRule.match(after: end, in: text))
    case .nkey: (NKeyRule.name, NKeyRule.match(at: start, in: text))
    case .openAI: (OpenAIRule.name, OpenAIRule.match(at: start, in: text))
    case .dockerAuth: (DockerAuthRule.name, DockerAuthRule.match(after: end, in: text))
    case .accountKey: (AccountKeyRule.name, AccountKeyRule.match(after: end, in: text))
    case .clientKey: (ClientKeyRule.name, ClientKeyRule.match(at: start, in: text))
    case .telegram: (TelegramRule.name, TelegramRule.match(at: start, in: text))
    case .token, .literal, .assignment, .marker: ("", nil)
    }
  }

  private func add(_ rule: String, _ range: Range<Int>?, _ rank: Int, _ matches: inout [Match]) {
    guard let range, !range.isEmpty else { return }
    matches.append(Match(finding: Finding(rule: rule, range: range), rank: rank))
  }

  /// The literal with the digits around it that hold some of its bits.
  private func literalRange(_ index: Int, _ start: Int, in text: Span<UInt8>) -> Range<Int> {
    let form = literals[index].form
    let digits = ByteSet(ranges: "09azAZ", singles: "+/-_")
    let end = start + form.bytes.count
    return text.start(
      ofRun: digits, before: start, atMost: form.sharedBefore)..<text.end(
        ofRun: digits, from: end, atMost: form.sharedAfter)
  }
}

internal import Bytes
internal import Crypto

/// What was masked in one string of an event, kept beside it: it tells nothing of the secret.
package struct MaskNote: Hashable, Sendable {
  package var rule: String
  /// The JSON pointer of the string.
  package var pointer: String
  /// Where the marker is in the stored string, decoded, in bytes of UTF-8.
  package var range: Range<Int>
  /// About how long the secret was.
  package var length: LengthClass

  package init(rule: String, pointer: String, range: Range<Int>, length: LengthClass) {
    self.rule = rule
    self.pointer = pointer
    self.range = range
    self.length = length
  }
}

/// Puts markers where secrets are.
///
/// Equal secrets get equal markers within a log; to guess a secret by its marker needs the log's
/// key. Masking what is masked changes nothing: what a log exports, another one takes as it is.
package struct Masker: Sendable {
  package let scanner: SecretScanner
  private let key: SymmetricKey

  /// - Parameter key: the log's own, 16 bytes or more.
  package init(scanner: SecretScanner, key: [UInt8]) {
    self.scanner = scanner
    self.key = SymmetricKey(data: key)
  }

  /// The same with another scanner.
  package func knowing(_ scanner: SecretScanner) -> Masker { Masker(scanner, key) }

  private init(_ scanner: SecretScanner, _ key: SymmetricKey) {
    self.scanner = scanner
    self.key = key
  }

  /// The rule of what nobody but a person finds.
  package static let manualRule = "manual"

  /// The rule of a text in which each marker brings the next secret into a rule's reach, more often
  /// than any but a made-up text does: it is masked as a whole.
  package static let tangledRule = "tangled"
  private static let roundCountMax = 8

  /// What takes the place of a text that is a secret as a whole; nil when it is a marker already.
  ///
  /// - Parameter name: the member's, if the text is its value.
  package func marker(
    for text: [UInt8], memberName name: [UInt8]? = nil
  ) -> (rule: String, bytes: [UInt8])? {
    guard Marker.range(at: 0, in: text.span)?.upperBound != text.count else { return nil }
    let findings = scanner.findings(in: text, memberName: name)
    let rule = findings.first { $0.range == text.indices }?.rule ?? Self.manualRule
    return (rule, Marker.text(rule: rule, tail: tail(text[...])))
  }

  /// Whether there is a marker in a text.
  package static func hasMarker(_ text: [UInt8]) -> Bool {
    text.indices.contains { text[$0] == 0x5B && Marker.range(at: $0, in: text.span) != nil }
  }

  /// A text with markers in place of secrets; nil if there are none.
  ///
  /// For JSON the text is a string's decoded content: a secret may be written with escapes.
  ///
  /// - Parameters:
  ///   - name: the member's, if the text is its value.
  ///   - pointer: the string's JSON pointer, asked for when there is something to note.
  ///   - notes: gets a note for each marker.
  package func mask(
    _ text: [UInt8], memberName name: [UInt8]? = nil, pointer: @autoclosure () -> String,
    notes: inout [MaskNote]
  ) -> [UInt8]? {
    var findings = scanner.findings(in: text, memberName: name)
    guard !findings.isEmpty else { return nil }
    let place = pointer()
    var masked = text
    var own: [MaskNote] = []
    for _ in 0..<Self.roundCountMax where !findings.isEmpty {
      masked = replace(findings, in: masked, pointer: place, notes: &own)
      // A marker has another length than its secret and other bytes: a rule may reach further now.
      findings = scanner.findings(in: masked, memberName: name)
    }
    if !findings.isEmpty {
      own = []
      let whole = [Finding(rule: Self.tangledRule, range: text.indices)]
      masked = replace(whole, in: text, pointer: place, notes: &own)
    }
    notes += own
    return masked
  }

  /// A text with markers in place of the findings.
  ///
  /// - Parameter notes: of earlier markers in it, which move; gets the new ones.
  private func replace(
    _ findings: [Finding], in text: [UInt8], pointer: String, notes: inout [MaskNote]
  ) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    let old = notes
    notes.removeAll(keepingCapacity: true)
    var oldIndex = 0
    var end = 0
    func keep(to limit: Int) {
      let move = out.count - end
      while oldIndex < old.count, old[oldIndex].range.lowerBound < limit {
        var note = old[oldIndex]
        note.range = note.range.lowerBound + move..<note.range.upperBound + move
        notes.append(note)
        oldIndex += 1
      }
      out += text[end..<limit]
    }
    for finding in findings {
      keep(to: finding.range.lowerBound)
      let marker = Marker.text(rule: finding.rule, tail: tail(text[finding.range]))
      notes.append(
        MaskNote(
          rule: finding.rule, pointer: pointer, range: out.count..<out.count + marker.count,
          length: LengthClass(finding.range.count)))
      out += marker
      end = finding.range.upperBound
    }
    keep(to: text.count)
    return out
  }

  /// The first 32 bits of the secret's HMAC-SHA-256.
  private func tail(_ secret: ArraySlice<UInt8>) -> UInt32 {
    HMAC<SHA256>.authenticationCode(for: Array(secret), using: key).prefix(4).reduce(0) {
      $0 << 8 | UInt32($1)
    }
  }
}

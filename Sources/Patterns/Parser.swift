/// Reads ECMA 262 regular expressions.
struct Parser {
  let source: [Unicode.Scalar]
  /// Whether constructs that can't be matched are read all the same, to judge the syntax alone.
  let syntaxOnly: Bool
  var at = 0
  private var depth = 0
  private var names: Set<String> = []

  init(_ source: String, syntaxOnly: Bool) {
    self.source = Array(source.unicodeScalars)
    self.syntaxOnly = syntaxOnly
  }

  static func parse(_ source: String, syntaxOnly: Bool = false) throws(PatternError) -> Syntax {
    var parser = Parser(source, syntaxOnly: syntaxOnly)
    let tree = try parser.choice()
    guard parser.at == parser.source.count else { throw parser.error("unmatched \")\"") }
    return tree
  }

  func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    at + ahead < source.count ? source[at + ahead] : nil
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == scalar else { return false }
    at += 1
    return true
  }

  private mutating func take(all text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard source[at...].starts(with: wanted) else { return false }
    at += wanted.count
    return true
  }

  func error(
    _ message: String, kind: PatternError.Kind = .syntax, at offset: Int? = nil
  ) -> PatternError {
    PatternError(kind: kind, message: message, offset: offset ?? at)
  }

  func unsupported(_ construct: String, at offset: Int) throws(PatternError) {
    guard syntaxOnly else {
      throw error("\(construct) is not supported", kind: .unsupported, at: offset)
    }
  }

  private mutating func choice() throws(PatternError) -> Syntax {
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(PatternError) -> Syntax {
    var parts: [Syntax] = []
    while let scalar = peek(), scalar != "|", scalar != ")" {
      parts.append(try term(scalar))
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func term(_ scalar: Unicode.Scalar) throws(PatternError) -> Syntax {
    let start = at
    at += 1
    let atom: Syntax
    switch scalar {
    case "^": return .start
    case "$": return .end
    case "(":
      at = start
      atom = try group()
    case "[": atom = .set(try characterClass())
    case ".": atom = .set(ScalarSet.lineEnds.inverted)
    case "\\":
      if take("b") { return .wordBoundary }
      if take("B") { return .noWordBoundary }
      atom = try escape(from: start)
    case "*", "+", "?", "{": throw error("nothing to repeat", at: start)
    case "}", "]": throw error("unmatched \"\(scalar)\"", at: start)
    default: atom = .set(ScalarSet(scalar.value))
    }
    return try quantified(atom)
  }

  private mutating func group() throws(PatternError) -> Syntax {
    let start = at
    at += 1
    depth += 1
    guard depth <= PatternLimits.depth else {
      throw error("groups nested too deeply", kind: .tooLarge, at: start)
    }
    for (opening, construct) in [
      ("?=", "lookahead \"(?=\""), ("?!", "negative lookahead \"(?!\""),
      ("?<=", "lookbehind \"(?<=\""), ("?<!", "negative lookbehind \"(?<!\""),
    ] where take(all: opening) {
      try unsupported(construct, at: start)
      return try groupEnd(from: start)
    }
    if take(all: "?<") {
      let name = try groupName()
      guard names.insert(name).inserted else {
        throw error("the group \"\(name)\" is named twice", at: start)
      }
    } else if !take(all: "?:"), peek() == "?" {
      throw error("invalid group", at: start)
    }
    return try groupEnd(from: start)
  }

  private mutating func groupEnd(from start: Int) throws(PatternError) -> Syntax {
    let inner = try choice()
    guard take(")") else { throw error("unclosed group", at: start) }
    depth -= 1
    return inner
  }

  mutating func groupName() throws(PatternError) -> String {
    let start = at
    var name = ""
    while let scalar = peek(), scalar != ">" {
      let isFirst = name.isEmpty
      let isLetter = scalar.properties.isIDStart || scalar == "$" || scalar == "_"
      guard isLetter || (!isFirst && scalar.properties.isIDContinue) else { break }
      name.unicodeScalars.append(scalar)
      at += 1
    }
    guard !name.isEmpty, take(">") else { throw error("invalid group name", at: start) }
    return name
  }

  private mutating func quantified(_ atom: Syntax) throws(PatternError) -> Syntax {
    let start = at
    let bounds: (min: Int, max: Int?)
    switch peek() {
    case "*": bounds = (0, nil)
    case "+": bounds = (1, nil)
    case "?": bounds = (0, 1)
    case "{":
      at += 1
      guard let low = try bound() else { throw error("invalid quantifier", at: start) }
      var high: Int? = low
      if take(",") { high = try bound() }
      guard peek() == "}" else { throw error("invalid quantifier", at: start) }
      if let high, high < low { throw error("quantifier bounds out of order", at: start) }
      bounds = (low, high)
    default: return atom
    }
    at += 1
    // Laziness chooses between matches; whether there is one stays the same.
    _ = take("?")
    return .repeated(atom, min: bounds.min, max: bounds.max)
  }

  private mutating func bound() throws(PatternError) -> Int? {
    let start = at
    var value = 0
    while let scalar = peek(), ("0"..."9").contains(scalar) {
      value = min(value * 10 + Int(scalar.value - 0x30), PatternLimits.repetitions + 1)
      at += 1
    }
    guard at > start else { return nil }
    guard value <= PatternLimits.repetitions || syntaxOnly else {
      throw error(
        "a repetition above \(PatternLimits.repetitions)", kind: .tooLarge, at: start)
    }
    return value
  }
}

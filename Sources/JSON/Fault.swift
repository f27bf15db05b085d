/// Why and where a scan stopped.
struct Fault {
  enum Reason {
    case value, key, colon, commaOrBrace, commaOrBracket, end
    case escape, hexDigit, loneSurrogate, control, utf8, unterminated
    case digit, leadingZero, numberLength, literal
    case depth, keys, duplicateKey, size
  }

  var reason: Reason
  var offset: Int
  /// The innermost open container, or -1.
  var around = -1
  /// Whether a value or a key's value was being read, rather than what separates values.
  var inChild = false
  /// The newest value on the tape: the key whose value was being read.
  var lastToken: Int?

  var expected: String {
    switch reason {
    case .value: "expected a value"
    case .key: "expected a key in double quotes"
    case .colon: "expected \":\" after a key"
    case .commaOrBrace: "expected \",\" or \"}\" after a member"
    case .commaOrBracket: "expected \",\" or \"]\" after an element"
    case .end: "expected the end of the document"
    case .escape: "expected one of \" \\ / b f n r t u after a backslash"
    case .hexDigit: "expected four hexadecimal digits after \\u"
    case .loneSurrogate: "expected a surrogate pair, found half of one in a \\u escape"
    case .control: "expected control characters in a string to be escaped"
    case .utf8: "expected UTF-8"
    case .unterminated: "expected \" at the end of a string"
    case .digit: "expected a digit"
    case .leadingZero: "expected no digit after a leading zero"
    case .numberLength: "expected a number of at most \(JSONLimits.number) characters"
    case .literal: "expected true, false or null"
    case .depth: "expected at most \(JSONLimits.depth) nested containers"
    case .keys: "expected at most \(JSONLimits.keys) keys in an object"
    case .duplicateKey: "expected every key of an object once, found a second"
    case .size: "expected less than \(JSONLimits.bytes) bytes"
    }
  }

  /// Whether the byte at `offset` says more than the reason alone.
  var showsFound: Bool {
    switch reason {
    case .loneSurrogate, .numberLength, .depth, .keys, .duplicateKey, .size: false
    default: true
    }
  }
}

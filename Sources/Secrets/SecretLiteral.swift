/// A value that is a secret because the caller says so, such as that of an environment variable.
package struct SecretLiteral: Sendable {
  /// Shorter values occur by chance.
  package static let byteCountMin = 8

  /// The rule's name in findings and markers.
  package let rule: String
  package let value: [UInt8]

  /// - Parameter name: of the variable; markers show it in lower case.
  ///
  /// Nil for a value of less than eight bytes, or of nothing but one or two different ones.
  package init?(name: String, value: [UInt8]) {
    guard value.count >= Self.byteCountMin,
      value.span.hasVariety(0..<value.count, atLeast: 3)
    else { return nil }
    rule = Marker.ruleName("env-" + name)
    self.value = value
  }

  /// A way in which the value may be written.
  struct Form: Hashable {
    var bytes: [UInt8]
    /// Digits of base64 before and behind that hold some bits of the value and some of another.
    var sharedBefore = 0
    var sharedAfter = 0
    var foldsCase = false
  }

  /// The value itself, in base64 at all three alignments, in hex, in percent encoding, and as JSON
  /// and shells escape it.
  var forms: [Form] {
    // Not a set: hashing would take longer than comparing a dozen of them.
    var forms: [Form] = []
    func add(_ form: Form) {
      if form.bytes.count >= Self.byteCountMin, !forms.contains(form) { forms.append(form) }
    }
    add(Form(bytes: value))
    add(Form(bytes: hex, foldsCase: true))
    for isURL in [false, true] {
      for skipped in 0..<3 {
        add(
          Form(
            bytes: Base64.inner(of: value, skipping: skipped, isURL: isURL),
            sharedBefore: skipped == 0 ? 0 : 1,
            sharedAfter: (skipped + value.count) % 3 == 0 ? 0 : 1))
      }
    }
    for escaped in [
      percentEncoded("0123456789ABCDEF", blank: "%20"),
      percentEncoded("0123456789abcdef", blank: "%20"),
      percentEncoded("0123456789ABCDEF", blank: "+"), backslashed,
    ] { add(Form(bytes: escaped)) }
    return forms
  }

  private var hex: [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return value.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  private static let unreserved = ByteSet(ranges: "09azAZ", singles: "-._~")

  private func percentEncoded(_ digits: StaticString, blank: StaticString) -> [UInt8] {
    let digits = digits.bytes
    return value.flatMap { byte in
      if Self.unreserved.contains(byte) { return [byte] }
      if byte == UInt8(ascii: " ") { return blank.bytes }
      return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  private var backslashed: [UInt8] {
    value.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): Array(#"\n"#.utf8)
      case UInt8(ascii: "\t"): Array(#"\t"#.utf8)
      case UInt8(ascii: "\r"): Array(#"\r"#.utf8)
      default: [byte]
      }
    }
  }
}

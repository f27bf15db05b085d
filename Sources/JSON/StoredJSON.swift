/// A value in the bytes of a document that was checked before it was stored, read in place.
///
/// A member is looked for when it is asked for, and all before it is passed over: where few are
/// wanted, that is cheaper than a tape of them all. Bytes that are no JSON have no members.
package struct StoredJSON: Sendable {
  private let bytes: [UInt8]
  /// The value's own bytes.
  private let range: Range<Int>

  /// - Parameter range: where the value is; what lies outside of the bytes is left out.
  package init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range.clamped(to: 0..<bytes.count)
  }

  /// The same as a document of its own; the document `null` when it is no JSON.
  package var document: JSONDocument {
    (try? JSONDocument(parsing: Array(bytes[range]))) ?? JSONDocument()
  }

  /// The value of the member with this key.
  package func member(_ key: String) -> StoredJSON? {
    var key = key
    return key.withUTF8 { member(unsafe $0.span) }
  }

  /// The same with the key as UTF-8.
  package func member(_ key: Span<UInt8>) -> StoredJSON? {
    var walk = JSONWalk(bytes.span, range)
    return walk.member(key).map { StoredJSON(bytes, $0) }
  }

  /// Visits the members of an object's members that are objects themselves: one pass where many
  /// are wanted.
  ///
  /// - Parameter body: takes both keys, decoded.
  package func forEachInnerMember(
    _ body: (_ outer: Span<UInt8>, _ key: Span<UInt8>, _ value: StoredJSON) -> Void
  ) {
    var walk = JSONWalk(bytes.span, range)
    walk.forEachInnerMember { outer, member in
      let value = StoredJSON(bytes, member.value)
      if outer.isEscaped || member.key.isEscaped {
        body(decoded(outer).span, decoded(member.key).span, value)
      } else {
        let bytes = bytes.span
        body(bytes.extracting(outer.content), bytes.extracting(member.key.content), value)
      }
    }
  }

  private func decoded(_ key: JSONWalk.Key) -> [UInt8] {
    var text: [UInt8] = []
    Escape.decode(key.content, of: bytes.span, into: &text)
    return text
  }

  /// The value found by following the keys.
  package func member(path: [String]) -> StoredJSON? {
    var value = self
    for key in path {
      guard let found = value.member(key) else { return nil }
      value = found
    }
    return value
  }

  /// The decoded string.
  package var string: String? {
    guard first == UInt8(ascii: "\"") else { return nil }
    guard let content = plainContent else { return document.string(JSONNode(0)) }
    return String(decoding: bytes[content], as: UTF8.self)
  }

  /// The number if it is an integer that fits, also when written as `1.0` or `1e3`.
  package var int64: Int64? {
    guard isNumber else { return nil }
    return plainInteger ?? document.int64(JSONNode(0))
  }

  /// The nearest double; nil if it would be infinite.
  package var double: Double? { isNumber ? document.double(JSONNode(0)) : nil }

  /// The truth value.
  package var bool: Bool? {
    switch first {
    case UInt8(ascii: "t"): true
    case UInt8(ascii: "f"): false
    default: nil
    }
  }

  /// The value's tokens as received, without whitespace between them.
  package var compacted: [UInt8] {
    isContainer ? document.compacted(JSONNode(0)) : Array(bytes[range])
  }

  /// Appends a string's text or a number as it is written; false for other values.
  package func appendText(to out: inout [UInt8]) -> Bool {
    if isNumber {
      out.append(contentsOf: bytes[range])
      return true
    }
    guard first == UInt8(ascii: "\"") else { return false }
    if let content = plainContent {
      out.append(contentsOf: bytes[content])
      return true
    }
    guard let text = document.stringBytes(JSONNode(0)) else { return false }
    out.append(contentsOf: text)
    return true
  }

  private var first: UInt8 { range.isEmpty ? 0 : bytes[range.lowerBound] }

  private var isNumber: Bool { first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10 }

  private var isContainer: Bool { first == UInt8(ascii: "{") || first == UInt8(ascii: "[") }

  /// What is between the quotes of a string without escapes.
  private var plainContent: Range<Int>? {
    guard range.count >= 2 else { return nil }
    let content = range.lowerBound + 1..<range.upperBound - 1
    return bytes[content].contains(UInt8(ascii: "\\")) ? nil : content
  }

  /// The integer if it is written as nothing but at most 18 digits.
  private var plainInteger: Int64? {
    guard range.count <= 18 else { return nil }
    var value: Int64 = 0
    for byte in bytes[range] {
      let digit = byte &- UInt8(ascii: "0")
      if digit > 9 { return nil }
      value = value &* 10 &+ Int64(digit)
    }
    return value
  }
}

/// Writes compact JSON and puts the commas itself.
package struct JSONWriter: Sendable {
  /// What has been written.
  package var bytes: [UInt8] = []
  private var needsComma = false

  /// An empty writer.
  package init() {}

  /// The bytes as text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Opens an object.
  package mutating func beginObject() { open(UInt8(ascii: "{")) }

  /// Closes an object.
  package mutating func endObject() { close(UInt8(ascii: "}")) }

  /// Opens an array.
  package mutating func beginArray() { open(UInt8(ascii: "[")) }

  /// Closes an array.
  package mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Writes a member's key; its value must follow.
  package mutating func key(_ key: String) {
    string(key)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a string.
  package mutating func string(_ text: String) {
    separate()
    Self.appendQuoted(text.utf8.span, to: &bytes)
  }

  /// Writes a string whose UTF-8 is given.
  package mutating func string(bytes content: Span<UInt8>) {
    separate()
    Self.appendQuoted(content, to: &bytes)
  }

  /// Writes an integer.
  package mutating func int(_ value: some BinaryInteger) {
    separate()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Writes a truth value.
  package mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// Writes null.
  package mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Writes a value that is JSON already.
  package mutating func raw(_ value: [UInt8]) {
    separate()
    bytes += value
  }

  /// A string as JSON, quotes included.
  package static func escaped(_ text: String) -> String {
    var out: [UInt8] = []
    appendQuoted(text.utf8.span, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Appends a string as JSON, quotes included.
  package static func appendQuoted(_ content: Span<UInt8>, to out: inout [UInt8]) {
    appendQuoted(unsafe content.bytes, to: &out)
  }

  /// Appends a string as JSON, quotes included.
  package static func appendQuoted(_ content: RawSpan, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    var start = 0
    while true {
      let end = plainEnd(of: content, from: start)
      unsafe content.extracting(start..<end).withUnsafeBytes { plain in
        unsafe out.append(contentsOf: plain)
      }
      guard end < content.byteCount else { break }
      appendEscape(unsafe content.unsafeLoad(fromByteOffset: end, as: UInt8.self), to: &out)
      start = end + 1
    }
    out.append(UInt8(ascii: "\""))
  }

  /// Where the next byte is that needs an escape, or the end: eight bytes at a time.
  private static func plainEnd(of content: RawSpan, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var index = start
    while index &+ 8 <= content.byteCount {
      let word = unsafe content.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      let hits =
        ((word &- ones &* 0x20) & ~word) | ((quote &- ones) & ~quote)
        | ((backslash &- ones) & ~backslash)
      if hits & (ones &* 0x80) != 0 { break }
      index &+= 8
    }
    while index < content.byteCount,
      isPlain(unsafe content.unsafeLoad(fromByteOffset: index, as: UInt8.self))
    {
      index &+= 1
    }
    return index
  }

  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func appendEscape(_ byte: UInt8, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: out.append(UInt8(ascii: "b"))
    case 0x09: out.append(UInt8(ascii: "t"))
    case 0x0A: out.append(UInt8(ascii: "n"))
    case 0x0C: out.append(UInt8(ascii: "f"))
    case 0x0D: out.append(UInt8(ascii: "r"))
    case 0x00..<0x20:
      let digits = Array("0123456789ABCDEF".utf8)
      out.append(contentsOf: "u00".utf8)
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    default: out.append(byte)
    }
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }
}

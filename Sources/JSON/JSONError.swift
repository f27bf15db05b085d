/// Why bytes are not a JSON document.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was expected and what was found.
  package var message: String
  /// The byte, 0-based.
  package var offset: Int
  /// The line, 1-based.
  package var line: Int
  /// The column in bytes, 1-based.
  package var column: Int
  /// Where in the document, as a JSON pointer.
  package var pointer: String

  /// Message and place in one line.
  package var description: String {
    let place = pointer.isEmpty ? "" : " in \(pointer)"
    return "line \(line), column \(column)\(place): \(message)"
  }
}

extension JSONError {
  /// What to tell somebody who wrote a comment.
  package static var commentHint: String { "JSON has no comments: take `//` lines out" }

  /// Whether what stands at the fault is the start of a comment, which JSON has not.
  package func isAtComment(in bytes: [UInt8]) -> Bool {
    guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "/") else { return false }
    return bytes[offset + 1] == UInt8(ascii: "/") || bytes[offset + 1] == UInt8(ascii: "*")
  }
}

extension JSONError {
  init(_ fault: Fault, in bytes: [UInt8], pointer: String) {
    offset = min(max(fault.offset, 0), bytes.count)
    var line = 1
    var lineStart = 0
    for index in 0..<offset where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    self.line = line
    column = offset - lineStart + 1
    self.pointer = pointer
    message = fault.expected
    if fault.reason == .duplicateKey {
      let end = bytes[(offset + 1)...].prefix(60).firstIndex(of: UInt8(ascii: "\"")) ?? offset
      if end > offset { message += " " + String(decoding: bytes[offset...end], as: UTF8.self) }
    } else if fault.showsFound {
      message += ", found " + Self.name(of: offset < bytes.count ? bytes[offset] : nil)
    }
  }

  private static func name(of byte: UInt8?) -> String {
    guard let byte else { return "the end of the input" }
    if byte == UInt8(ascii: "\"") { return "a double quote" }
    if byte > 0x20, byte < 0x7F { return "\"\(Character(Unicode.Scalar(byte)))\"" }
    return byte == 0x20 ? "a space" : "byte 0x" + String(byte, radix: 16, uppercase: true)
  }
}

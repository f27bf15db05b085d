/// The name of a stream or of another row of state: 1–255 bytes of UTF-8 without control
/// characters, compared bytewise (never by canonical equivalence).
package struct Name: Hashable, Sendable, CustomStringConvertible {
  package let bytes: [UInt8]

  /// The longest name, in bytes.
  package static let byteCountMax = 255

  /// Nil when the bytes are not a name.
  package init?(_ bytes: [UInt8]) {
    guard (1...Self.byteCountMax).contains(bytes.count),
      bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { return nil }
    self.bytes = bytes
  }

  package init?(_ text: String) { self.init(Array(text.utf8)) }

  /// A name read from a log, where it was checked when it was written.
  package init(stored bytes: [UInt8]) { self.bytes = bytes }

  /// The text before the first `-`, or all of it.
  package var category: String {
    String(decoding: bytes.prefix { $0 != 0x2D }, as: UTF8.self)
  }

  /// The text after the first `-`; empty when there is none.
  package var id: String {
    guard let dash = bytes.firstIndex(of: 0x2D) else { return "" }
    return String(decoding: bytes[(dash + 1)...], as: UTF8.self)
  }

  package var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension Name: Comparable {
  package static func < (a: Name, b: Name) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

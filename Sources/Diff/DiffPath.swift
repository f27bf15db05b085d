/// A path inside a repository, as the bytes that it is: git knows no encoding of names.
package struct DiffPath: Hashable, Sendable {
  package let bytes: [UInt8]

  package init(_ bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
  }

  package init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The path as text; in C's quotes, as git prints it, when its bytes are no UTF-8.
  package var text: String {
    String(validating: bytes, as: UTF8.self)
      ?? String(decoding: CQuoting.quoted(bytes), as: UTF8.self)
  }

  /// The parts between slashes; empty ones are kept.
  package var components: [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  }

  /// Whether the path is inside of what the other one names.
  package func isBelow(_ other: DiffPath) -> Bool {
    bytes.count > other.bytes.count && bytes.starts(with: other.bytes)
      && bytes[other.bytes.count] == UInt8(ascii: "/")
  }
}

extension DiffPath: CustomStringConvertible {
  package var description: String { text }
}

extension DiffPath: Comparable {
  package static func < (left: DiffPath, right: DiffPath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

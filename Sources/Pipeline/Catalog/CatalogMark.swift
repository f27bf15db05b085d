internal import Bytes
internal import Events
internal import SchemaFiles

/// Which event types a program has, and which version of what it makes of them: logs keep the mark
/// of the newest program that wrote them.
package struct CatalogMark: Hashable, Sendable {
  /// Orders the marks: raised with each change of a schema, a guard or a reaction, so that of two
  /// programs the older one can be told.
  package var number: UInt32
  /// The first eight bytes of the schema files' common digest.
  package var digest: UInt64

  package init(number: UInt32, digest: UInt64) {
    self.number = number
    self.digest = digest
  }

  /// This program's.
  ///
  /// Written down, because to compute it takes all files; a test compares.
  package static let current = CatalogMark(number: 5, digest: 0x83D8_CB79_3138_D0E5)

  /// What the digest of the schema files is: over the name and the digest of each.
  package static var computedDigest: UInt64 {
    var bytes: [UInt8] = []
    for index in 0..<SchemaFiles.count {
      bytes += SchemaFiles.name(at: index).utf8
      bytes.append(0)
      bytes += Digest.sha256(of: SchemaFiles.bytes(at: index)).bytes
    }
    return Digest.sha256(of: bytes).prefix64
  }

  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: number)
    bytes.append(littleEndian: digest)
    return bytes
  }

  /// Nil when the bytes are no mark.
  package init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes.rawSpan)
    number = reader.integer(UInt32.self)
    digest = reader.integer(UInt64.self)
    guard !reader.failed, reader.remaining == 0 else { return nil }
  }
}

extension CatalogMark: CustomStringConvertible {
  package var description: String {
    let digits = String(digest, radix: 16)
    return "\(number) (\(String(repeating: "0", count: 16 - digits.count))\(digits))"
  }
}

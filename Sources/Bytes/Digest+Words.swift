extension Digest {
  /// The SHA-256 of some bytes.
  package static func sha256(of bytes: [UInt8]) -> Digest {
    var hasher = Hasher256()
    hasher.update(bytes)
    return hasher.finalize()
  }

  /// The first eight bytes as a number, big-endian.
  package var prefix64: UInt64 { UInt64(truncatingIfNeeded: prefix128 >> 64) }

  /// The first sixteen bytes as a number, big-endian.
  package var prefix128: UInt128 { bytes.prefix(16).reduce(0) { $0 << 8 | UInt128($1) } }
}

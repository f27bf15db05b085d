extension Digest {
  /// The SHA-256 of some bytes.
  package static func sha256(of bytes: [UInt8]) -> Digest {
    var hasher = Hasher256()
    hasher.update(bytes)
    return hasher.finalize()
  }

  /// The first eight bytes as a number, big-endian.
  package var prefix64: UInt64 { word(0) }

  /// The first sixteen bytes as a number, big-endian.
  package var prefix128: UInt128 { UInt128(word(0)) << 64 | UInt128(word(1)) }

  private func word(_ index: Int) -> UInt64 {
    UInt64(
      bigEndian: unsafe span.unsafeLoadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
  }
}

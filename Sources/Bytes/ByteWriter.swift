/// Little-endian fields appended to a buffer.
extension [UInt8] {
  package mutating func append(littleEndian value: some FixedWidthInteger) {
    var rest = value
    for _ in 0..<(value.bitWidth / 8) {
      append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  package mutating func append(_ id: ULID) {
    append(littleEndian: id.high.byteSwapped)
    append(littleEndian: id.low.byteSwapped)
  }

  /// Appends a one-byte length and the text; the caller has checked that it is at most 255 bytes.
  package mutating func append(shortText text: some Collection<UInt8>) {
    append(UInt8(clamping: text.count))
    append(contentsOf: text.prefix(255))
  }
}

extension ULID {
  /// The sixteen bytes, big-endian: they sort as the identifiers do.
  package var bytes: [UInt8] {
    var out: [UInt8] = []
    out.append(self)
    return out
  }
}

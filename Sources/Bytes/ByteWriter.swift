/// Little-endian fields appended to a buffer. Not generic: these are called for every field of
/// every record, and a generic function of another module is not always specialised.
extension [UInt8] {
  package mutating func append(littleEndian value: UInt16) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }

  package mutating func append(littleEndian value: Int32) {
    append(littleEndian: UInt32(bitPattern: value))
  }

  package mutating func append(littleEndian value: UInt32) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }

  package mutating func append(littleEndian value: UInt64) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }

  package mutating func append(littleEndian value: Int64) {
    append(littleEndian: UInt64(bitPattern: value))
  }

  package mutating func append(littleEndian value: UInt128) {
    append(littleEndian: UInt64(truncatingIfNeeded: value))
    append(littleEndian: UInt64(truncatingIfNeeded: value >> 64))
  }

  /// Appends borrowed bytes.
  package mutating func append(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  package mutating func append(_ id: ULID) {
    let words = (id.high.bigEndian, id.low.bigEndian)
    unsafe Swift.withUnsafeBytes(of: words) { unsafe append(contentsOf: $0) }
  }

  /// Appends a one-byte length and the text; the caller has checked that it is at most 255 bytes.
  package mutating func append(shortText text: [UInt8]) {
    append(UInt8(clamping: text.count))
    if text.count <= 255 { append(contentsOf: text) } else { append(contentsOf: text[..<255]) }
  }

  /// The same for a string.
  package mutating func append(shortText text: String) {
    var text = text
    text.withUTF8 { bytes in
      append(UInt8(clamping: bytes.count))
      unsafe append(contentsOf: UnsafeBufferPointer(rebasing: bytes.prefix(255)))
    }
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

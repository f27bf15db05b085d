/// Compares stretches of bytes.
package enum ByteEquality {
  /// Whether `count` bytes at `left` and at `right` are the same; false outside either input.
  @inline(__always)
  package static func equal(
    _ one: Span<UInt8>, at left: Int, _ other: Span<UInt8>, at right: Int, count: Int
  ) -> Bool {
    guard count >= 0, left >= 0, right >= 0, left &+ count <= one.count,
      right &+ count <= other.count
    else { return false }
    if count < 8 { return equalShort(one, at: left, other, at: right, count: count) }
    var offset = 0
    while offset &+ 8 <= count {
      if load(one, left &+ offset) != load(other, right &+ offset) { return false }
      offset &+= 8
    }
    // The last load overlaps the one before it.
    return load(one, left &+ count &- 8) == load(other, right &+ count &- 8)
  }

  @inline(__always)
  private static func equalShort(
    _ one: Span<UInt8>, at left: Int, _ other: Span<UInt8>, at right: Int, count: Int
  ) -> Bool {
    for offset in 0..<count where one[left &+ offset] != other[right &+ offset] { return false }
    return true
  }

  /// Callers have checked that eight bytes are there.
  @inline(__always)
  private static func load(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
    unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
  }
}

extension RawSpan {
  /// The number at a byte offset, which need not be aligned; nil when it does not fit.
  func integer<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type, at offset: Int
  ) -> Number? {
    guard offset >= 0, offset <= byteCount - MemoryLayout<Number>.size else { return nil }
    return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
  }
}

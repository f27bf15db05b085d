internal import Glibc

/// The pages of a data file, read without a map.
struct PageFile {
  /// The pages that the file has, whatever it says of itself.
  let pageCount: UInt64
  private let descriptor: Int32

  init(_ descriptor: Int32) throws(LMDBError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .lastSystemError }
    pageCount = UInt64(max(0, status.st_size)) / UInt64(MetaPage.byteCount)
    self.descriptor = descriptor
  }

  func page(_ number: UInt64) throws(PageFault) -> [UInt8] {
    guard number < pageCount else { throw .missing }
    return try read(at: number * UInt64(MetaPage.byteCount), MetaPage.byteCount)
  }

  /// How many pages a long value takes from its first one on: at least those that it needs, for one
  /// that was replaced by a shorter one keeps its pages.
  func runLength(_ first: UInt64, of valueByteCount: UInt64) throws(PageFault) -> UInt64 {
    let bytes = try page(first)
    let header = unsafe bytes.span.bytes
    let longPage: UInt16 = 0x04
    let flags = header.integer(UInt16.self, at: 10) ?? 0
    guard flags == longPage else { throw .kind(flags: flags) }
    let says = header.integer(UInt64.self, at: 0) ?? 0
    guard says == first else { throw .misplaced(says: says) }
    let count = UInt64(header.integer(UInt32.self, at: 12) ?? 0)
    let byteCount = UInt64(TreePage.headerByteCount) + valueByteCount
    guard count > 0, byteCount <= count * UInt64(MetaPage.byteCount) else { throw .bounds }
    return count
  }

  /// A list of free pages that stands in pages of its own.
  func list(_ first: UInt64, _ byteCount: UInt64) throws(PageFault) -> [UInt8] {
    let offset = first * UInt64(MetaPage.byteCount) + UInt64(TreePage.headerByteCount)
    // It has no more numbers than there are pages.
    return try read(at: offset, Int(clamping: min(byteCount, (pageCount + 1) * 8)))
  }

  private func read(at offset: UInt64, _ byteCount: Int) throws(PageFault) -> [UInt8] {
    var count = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
      count = unsafe pread(descriptor, buffer.baseAddress, byteCount, off_t(clamping: offset))
      initialized = max(count, 0)
    }
    guard count >= 0 else { throw .unreadable(.lastSystemError) }
    guard count == byteCount else { throw .missing }
    return bytes
  }
}

internal import CLMDB

/// The bytes in the map that LMDB points at; the caller gives them the lifetime of their
/// transaction.
@_lifetime(immortal)
@inline(__always)
func bytes(of value: MDB_val) -> RawSpan {
  guard let start = unsafe value.mv_data else { return RawSpan() }
  let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: value.mv_size)
  return unsafe _overrideLifetime(span, copying: ())
}

/// Runs `body` with the bytes of `span` as LMDB wants them; it only reads them.
@inline(__always)
func withValue(_ span: RawSpan, _ body: (inout MDB_val) -> Int32) -> Int32 {
  unsafe span.withUnsafeBytes { bytes in
    var value = unsafe MDB_val(
      mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    return unsafe body(&value)
  }
}

/// Runs `body` with an integer key as LMDB wants it.
@inline(__always)
func withKey(_ key: UInt64, _ body: (inout MDB_val) -> Int32) -> Int32 {
  var key = key
  return unsafe withUnsafeMutableBytes(of: &key) { bytes in
    var value = unsafe MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
    return unsafe body(&value)
  }
}

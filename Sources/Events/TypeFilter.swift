internal import Bytes

/// The types that a reader wants, told from a record's bytes before anything of it is decoded.
package struct TypeFilter: Sendable {
  private let types: [[UInt8]]

  /// - Parameter types: none for all.
  package init(_ types: [String] = []) { self.types = types.map { Array($0.utf8) } }

  /// Whether a record may be of one of the types: what is no record of this version passes, for
  /// others to refuse.
  package func mayPass(_ record: RawSpan) -> Bool {
    let start = EnvelopeLayout.texts + 1
    guard !types.isEmpty, record.byteCount >= start,
      byte(record, EnvelopeLayout.version0) == EnvelopeLayout.version
    else { return true }
    let count = Int(byte(record, EnvelopeLayout.texts))
    guard record.byteCount - start >= count else { return true }
    let found = record.extracting(start..<start + count)
    for index in types.indices where types[index].count == count {
      let type = types[index]
      if Name.areEqual(found, type.rawSpan) { return true }
    }
    return false
  }

  @inline(__always)
  private func byte(_ record: RawSpan, _ offset: Int) -> UInt8 {
    unsafe record.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }
}

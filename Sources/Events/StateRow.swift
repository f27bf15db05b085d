internal import Bytes

/// The state of one entity as it is stored: at most 128 bytes, of which the first 20 are the same
/// for all.
///
/// ```
/// 0  category u8   1  layout u8   2  spare u16
/// 4  revision u64 of the stream of this name (0: no such stream)
/// 12 last position u64 in that stream
/// 20 the category's own fields
/// ```
package struct StateRow: Hashable, Sendable {
  package var category: UInt8
  package var layout: UInt8
  package var revision: UInt64
  package var last: Position
  /// The category's own fields, at most 108 bytes.
  package var fields: [UInt8]

  package static let byteCountMax = 128
  package static let fieldsByteCountMax = 108

  package init(
    category: UInt8 = 0, layout: UInt8 = 0, revision: UInt64 = 0, last: Position = .none,
    fields: [UInt8] = []
  ) {
    self.category = category
    self.layout = layout
    self.revision = revision
    self.last = last
    self.fields = fields
  }

  package var encoded: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(20 + fields.count)
    out.append(category)
    out.append(layout)
    out.append(littleEndian: UInt16(0))
    out.append(littleEndian: revision)
    out.append(littleEndian: last.rawValue)
    out.append(contentsOf: fields)
    return out
  }

  /// Nil when the bytes are not a row.
  package init?(_ bytes: RawSpan) {
    guard bytes.byteCount <= Self.byteCountMax else { return nil }
    var reader = ByteReader(bytes)
    category = reader.integer(UInt8.self)
    layout = reader.integer(UInt8.self)
    reader.skip(2)
    revision = reader.integer(UInt64.self)
    last = Position(reader.integer(UInt64.self))
    fields = reader.array(reader.remaining)
    guard !reader.failed else { return nil }
  }
}

package import Bytes
package import Merkle

/// The log's end: how many events there are and what proves them.
package struct Head: Hashable, Sendable {
  package var position: Position
  /// When the last event was recorded; the next one's time is at least this.
  package var recordedAt: Timestamp
  /// The tree over the genesis leaf and all events: its size is the position plus one.
  package var frontier: Frontier

  package init(
    position: Position = .none, recordedAt: Timestamp = Timestamp(nanoseconds: .min),
    frontier: Frontier = Frontier()
  ) {
    self.position = position
    self.recordedAt = recordedAt
    self.frontier = frontier
  }

  package var encoded: [UInt8] {
    var out: [UInt8] = []
    out.append(littleEndian: position.rawValue)
    out.append(littleEndian: recordedAt.nanoseconds)
    out.append(contentsOf: frontier.encoded())
    return out
  }

  /// Nil when the bytes are not a head, or its parts disagree.
  package init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes.rawSpan)
    position = Position(reader.integer(UInt64.self))
    recordedAt = Timestamp(nanoseconds: reader.integer(Int64.self))
    let rest = reader.array(reader.remaining)
    guard !reader.failed, let frontier = Frontier(encoded: rest),
      frontier.size == position.rawValue &+ 1
    else { return nil }
    self.frontier = frontier
  }
}

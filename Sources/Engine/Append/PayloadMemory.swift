internal import Events
internal import Pipeline

/// Payloads of earlier events that guards looked at: what declared a thing, what assigned a task.
///
/// Many events ask for the same few. It lives and dies with the rows that name the events.
struct PayloadMemory: Sendable {
  private static let countMax = 1024
  /// Longer ones are rare, and are read each time.
  private static let byteCountMax = 4096

  private struct Kept: Sendable {
    var position: Position
    var payload: Payload
  }

  private var kept: [Kept] = []
  private var places = SlotTable()

  subscript(position: Position) -> Payload? {
    places.slot(Self.digest(position)) { kept[$0].position == position }
      .map { kept[$0].payload }
  }

  /// Keeps the payload of the event at a position, if it is not too long.
  mutating func keep(_ payload: Payload, _ byteCount: Int, at position: Position) {
    guard byteCount <= Self.byteCountMax else { return }
    if kept.count >= Self.countMax {
      kept.removeAll()
      places = SlotTable()
    }
    places.add(Self.digest(position), kept.count)
    kept.append(Kept(position: position, payload: payload))
  }

  private static func digest(_ position: Position) -> UInt64 {
    position.rawValue &* 0x9E37_79B9_7F4A_7C15
  }
}

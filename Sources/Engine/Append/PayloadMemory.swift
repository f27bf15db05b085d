internal import Events
internal import Pipeline

/// Payloads of earlier events that guards looked at: what declared a thing, what assigned a task.
///
/// Many events ask for the same few. It lives and dies with the rows that name the events.
struct PayloadMemory: Sendable {
  private static let countMax = 1024
  /// Longer ones are rare, and are read each time.
  private static let byteCountMax = 4096

  private var payloads: [Position: Payload] = [:]

  subscript(position: Position) -> Payload? { payloads[position] }

  /// Keeps the payload of the event at a position, if it is not too long.
  mutating func keep(_ payload: Payload, _ byteCount: Int, at position: Position) {
    guard byteCount <= Self.byteCountMax else { return }
    if payloads.count >= Self.countMax { payloads.removeAll() }
    payloads[position] = payload
  }
}

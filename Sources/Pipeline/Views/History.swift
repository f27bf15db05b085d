package import Events

/// The events of one stream up to a position, oldest first, followed through the records' links.
///
/// - Complexity: one read for each event: for short streams only.
package func history(
  endingAt last: Position, in tables: borrowing some LogReader & ~Copyable & ~Escapable
) throws(LogError) -> [Event] {
  var events: [Event] = []
  var position = last
  while position > .none {
    guard let event = try tables.event(at: position) else {
      throw LogError(.corruption, "no event at position \(position), which a link names")
    }
    guard event.envelope.previousInStream < position else {
      throw LogError(.corruption, "the event at \(position) links forward")
    }
    events.append(event)
    position = event.envelope.previousInStream
  }
  return events.reversed()
}

import Bytes
import Events
import Pipeline
import Testing

/// A log in memory that folds its events into rows, just enough to look at views.
///
/// It decides nothing and knows no schema.
struct TestLog: LogReader {
  private(set) var events: [Event] = []
  private var names: [Name: EntityNumber] = [:]
  private var rows: [EntityNumber: StateRow] = [:]
  private var lastInRun: [ULID: Position] = [:]

  /// Appends an event to a stream and folds it into the stream's row.
  @discardableResult
  mutating func append(
    _ stream: String, _ type: EventType, _ json: String, at second: Int64 = 0, run: ULID? = nil,
    flags: EventFlags = []
  ) throws -> ULID {
    let name = try #require(Name(stream))
    let position = Position(UInt64(events.count) + 1)
    let number = try number(for: name, position)
    var row = rows[number] ?? StateRow()
    let time = Timestamp(milliseconds: 1_800_000_000_000 + second * 1000)
    let id = ULID(milliseconds: UInt64(1_800_000_000_000), random: (0, position.rawValue))
    var envelope = Envelope(
      eventID: id, type: type.name, stream: name, time: time, recordedAt: time)
    envelope.flags = flags
    envelope.previousInStream = row.last
    envelope.runID = run
    envelope.previousInRun = run.flatMap { lastInRun[$0] } ?? .none
    row.revision += 1
    row.last = position
    envelope.revision = row.revision
    events.append(Event(position: position, envelope: envelope, payload: Array(json.utf8)))
    if let run { lastInRun[run] = position }
    rows[number] = row
    if let state = try fold(name, without: []) { rows[number]?.store(state) }
    if type == .event_reversed {
      let target = try #require(Payload(Array(json.utf8))).text("target")
      if let state = try fold(name, without: [target ?? ""]) { rows[number]?.store(state) }
    }
    return id
  }

  private mutating func number(for name: Name, _ position: Position) throws -> EntityNumber {
    if let known = names[name] { return known }
    let number = try #require(EntityNumber(position: position, ordinal: 0))
    names[name] = number
    return number
  }

  /// The state that the events of a stream lead to.
  private func fold(_ name: Name, without cancelled: Set<String>) throws -> (any EntityState)? {
    guard let type = entityType(of: Category(of: name)) else { return nil }
    var state: any EntityState = type.init()
    for event in events where event.envelope.stream == name {
      guard let type = EventType(rawValue: event.envelope.type),
        !cancelled.contains(event.envelope.eventID.description), let bytes = event.payload
      else { continue }
      state.evolve(
        DomainEvent(
          type: type, eventID: event.envelope.eventID, position: event.position,
          time: event.envelope.time, recordedAt: event.envelope.recordedAt,
          flags: event.envelope.flags, payload: try #require(Payload(bytes)), run: .none,
          adds: []))
    }
    return state
  }

  /// Changes the stored state of an entity by hand: sums, links.
  mutating func edit<State: EntityState>(
    _ name: String, as type: State.Type, _ change: (inout State) -> Void
  ) throws {
    let name = try #require(Name(name))
    let number = try number(for: name, Position(UInt64(events.count) + 1))
    var row = rows[number] ?? StateRow()
    var state = row.category == 0 ? State() : try decodeState(row, as: type)
    change(&state)
    row.store(state)
    rows[number] = row
  }

  /// What a view says of one entity, as JSON; nil when it has no entry.
  func entry(
    _ view: any View.Type, _ name: String, at second: Int64 = 0
  ) throws -> String? {
    let name = try #require(Name(name))
    let row = try #require(names[name].flatMap { rows[$0] })
    return try entry(view, name, row, at: second)
  }
}

extension TestLog {
  func head() throws(LogError) -> Head { Head() }

  func event(at position: Position) throws(LogError) -> Event? {
    let index = Int(position.rawValue) - 1
    return events.indices.contains(index) ? events[index] : nil
  }

  func scan(
    from first: Position, _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) {}

  func entry(for key: DedupeKey) throws(LogError) -> DedupeEntry? { nil }

  func number(of name: Name) throws(LogError) -> EntityNumber? { names[name] }

  func row(_ number: EntityNumber) throws(LogError) -> StateRow? { rows[number] }

  func forEachName(
    prefix: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) {}

  func subtreeRoot(_ block: UInt64) throws(LogError) -> Digest? { nil }

  func value(_ key: String) throws(LogError) -> [UInt8]? { nil }
}

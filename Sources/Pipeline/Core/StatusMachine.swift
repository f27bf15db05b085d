package import Bytes
package import Events

/// A state that goes by one status: an event either leads to one or changes nothing.
///
/// The table of edges decides; what is said here serves unless a state has guards of its own.
package protocol StatusMachine: EntityState {
  associatedtype Status: Lifecycle
  var status: Status { get set }
  /// The status that an event leads to; nil for an event that leads to none.
  static func target(of event: DomainEvent) -> Status?
  /// Takes in what else there is to an event, once the status is set.
  mutating func enter(_ event: DomainEvent)
}

extension StatusMachine {
  package var stateName: String? { status.nameIfPresent }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    try mustAllow(event, context)
    return []
  }

  package mutating func evolve(_ event: DomainEvent) {
    guard let target = Self.target(of: event) else { return }
    status = target
    enter(event)
  }

  /// Refuses an event whose status may not follow.
  func mustAllow(_ event: DomainEvent, _ context: DecideContext) throws(LogError) {
    if let target = Self.target(of: event) { try status.mustAllow(target, context.name) }
  }
}

/// A status machine of which nothing is kept but its status and two events: the one that declared
/// it and the last one.
package protocol DeclaredMachine: StatusMachine {
  /// The type of the event that declares it.
  static var declaration: EventType { get }
  /// The type of the events that name the next status; the declaration leads to the first.
  static var change: EventType { get }
  static var first: Status { get }
  /// The event that described it.
  var declared: Position { get set }
  /// The event that led to the present status: it has the reason.
  var changed: Position { get set }
}

extension DeclaredMachine {
  package var declaration: Position? { declared }

  package static func target(of event: DomainEvent) -> Status? {
    switch event.type {
    case declaration: first
    case change: Status(named: event.payload.text("to"))
    default: nil
    }
  }

  package mutating func enter(_ event: DomainEvent) {
    changed = event.position
    if event.type == Self.declaration { declared = event.position }
  }

  package init(reading reader: inout ByteReader) {
    self.init()
    status = reader.status(Status.self)
    declared = reader.position()
    changed = reader.position()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(declared)
    bytes.append(changed)
  }
}

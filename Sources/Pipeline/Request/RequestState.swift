package import Bytes
package import Events

/// The states of an execution request: there is only one.
package enum RequestStatus: UInt8, Lifecycle {
  case absent = 0, requested

  package static let thing = "request"
  package static let edges = Edges<RequestStatus>([.absent: [.requested]])
}

/// An execution request: whether it is known, and where its text is.
package struct RequestState: EntityState {
  package static let category = Category.request
  package static let layout: UInt8 = 1

  package var status = RequestStatus.absent
  package var requested = Position.none

  package init() {}

  package var stateName: String? { status.nameIfPresent }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    guard event.type == .execution_requested else { return [] }
    try status.mustAllow(.requested, context.name)
    return []
  }

  package mutating func evolve(_ event: DomainEvent) {
    guard event.type == .execution_requested else { return }
    status = .requested
    requested = event.position
  }
}

extension RequestState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(RequestStatus.self)
    requested = reader.position()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(requested)
  }
}

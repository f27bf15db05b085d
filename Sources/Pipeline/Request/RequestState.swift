package import Bytes
package import Events

/// The states of an execution request: there is only one.
package enum RequestStatus: UInt8, Lifecycle {
  case absent = 0, requested

  package static let thing = "request"
  package static let edges = Edges<RequestStatus>([.absent: [.requested]])
}

/// An execution request: whether it is known, and where its text is.
package struct RequestState: StatusMachine {
  package static let category = Category.request
  package static let layout: UInt8 = 1

  package var status = RequestStatus.absent
  package var requested = Position.none

  package init() {}

  package static func target(of event: DomainEvent) -> RequestStatus? {
    event.type == .execution_requested ? .requested : nil
  }

  package mutating func enter(_ event: DomainEvent) { requested = event.position }
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

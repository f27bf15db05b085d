package import Bytes
package import Events
package import Pipeline

/// The names that an event concerns, as its schema's templates say.
package struct Addresses: Hashable, Sendable {
  /// The row whose state changes; nil for none.
  package var entity: Name?
  package var run: Name?
  /// Rows that the guard reads.
  package var reads: [Name]
  /// Rows whose sums get a share, one for each template; nil where its fields are missing.
  package var adds: [Name?]

  package init(
    _ definition: EventDefinition, _ payload: Payload, stream: Name, runID: ULID?
  ) throws(LogError) {
    try self.init(
      definition, payload, stream: stream, runID: runID, run: runID.map { Name(run: $0) })
  }

  /// The same with the name of the run's row, which many events have in common.
  init(
    _ definition: EventDefinition, _ payload: Payload, stream: Name, runID: ULID?, run: Name?
  ) throws(LogError) {
    self.run = run
    entity = nil
    if let template = definition.entity {
      entity = try template.resolved(payload, runID)
      // Mostly it is the stream: then one text serves both.
      if entity == stream { entity = stream }
    } else if Category(of: stream) != .none {
      entity = stream
    }
    reads = []
    for template in definition.reads {
      if let name = try template.resolved(payload, runID) { reads.append(name) }
    }
    adds = []
    for template in definition.adds {
      let name = try template.resolved(payload, runID)
      // Subjects may be anything; only rows with a state can take sums.
      adds.append(name.flatMap { Category(of: $0) == .none ? nil : $0 })
    }
  }
}

extension Template {
  /// The name that the payload gives; nil when its fields are missing.
  func resolved(_ payload: Payload, _ runID: ULID?) throws(LogError) -> Name? {
    switch name(payload, runID: runID) {
    case .name(let name): return name
    case .none: return nil
    case .invalid(let bytes):
      throw LogError(
        .badInput, "the payload gives a name that is too long or has control characters",
        expected: "1 to \(Name.byteCountMax) bytes", actual: "\(bytes.count) bytes",
        pointer: "/payload")
    }
  }
}

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
    } else if (definition.stream?.category ?? Category(of: stream)) != .none {
      entity = stream
    }
    reads = []
    adds = []
    if definition.reads.isEmpty, definition.adds.isEmpty { return }
    // Mostly it is the worker, who is read last and gets a share: then one text serves both.
    var last: Name?
    for template in definition.reads {
      last = try template.resolved(payload, runID)
      if let last { reads.append(last) }
    }
    if definition.adds.isEmpty { return }
    adds.reserveCapacity(definition.adds.count)
    for template in definition.adds {
      let name =
        template === definition.reads.last ? last : try template.resolved(payload, runID)
      adds.append(Self.added(template, name))
    }
  }
}

extension Addresses {
  /// The same after members were put in front of the payload: what is made of others stays.
  func adding(
    _ members: [PayloadMember], _ definition: EventDefinition, _ payload: Payload, stream: Name,
    runID: ULID?
  ) throws(LogError) -> Addresses {
    func depends(_ template: Template) -> Bool {
      for index in members.indices where template.mentions(members[index].name) { return true }
      return false
    }
    if definition.entity.map(depends) ?? false || definition.reads.contains(where: depends) {
      return try Addresses(definition, payload, stream: stream, runID: runID, run: run)
    }
    var all = self
    for (index, template) in definition.adds.enumerated() where depends(template) {
      all.adds[index] = Self.added(template, try template.resolved(payload, runID))
    }
    return all
  }

  /// Subjects may be anything; only rows with a state can take sums.
  private static func added(_ template: Template, _ name: Name?) -> Name? {
    guard let name else { return nil }
    return (template.category ?? Category(of: name)) == .none ? nil : name
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

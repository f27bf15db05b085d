package import Events

extension GateState {
  /// An execution goes by what its gate was declared with.
  package func consults(for event: DomainEvent, _ context: DecideContext) -> Position? {
    guard Self.waitsForOthers(event), let id = event.payload.text("gate_id"),
      let gate = context.entity("gate-", id, as: GateState.self), gate.isDeclared
    else { return nil }
    return gate.declared
  }

  package static func readsMore(for type: EventType) -> Bool {
    type == .gate_started || type == .gate_passed
  }

  package func reads(for event: DomainEvent, consulted: Payload?) -> [Name] {
    Self.dependencies(of: event, consulted).compactMap { Name($0) }
  }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    switch event.type {
    case .gate_declared: try decideDeclaration(event, context)
    case .gate_passed: try mustBeOfDeclaredType(event, context)
    case .gate_unblocked: try status.mustBe([.blocked], to: "be unblocked", context.name)
    default: break
    }
    try mustAllow(event, context)
    try dependenciesMustHavePassed(event, context)
    return []
  }

  private func decideDeclaration(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) {
    if isDeclared { throw LogError(.rejected, "\(context.name) is declared already") }
    if event.payload.texts("depends_on").contains(context.name.id) {
      throw LogError(
        .rejected, "\(context.name) can't depend on itself", pointer: "/depends_on")
    }
  }

  /// What a gate checks is said once.
  private func mustBeOfDeclaredType(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) {
    guard let declared = context.consulted?.text("gate_type"),
      let said = event.payload.text("gate_type")
    else { return }
    if said == declared { return }
    throw LogError(
      .rejected, "\(context.name) is declared as another type", expected: declared, actual: said,
      pointer: "/gate_type")
  }

  /// A gate neither starts nor passes before all gates it depends on have passed for the same
  /// subject; it may be blocked or skipped at any time.
  private func dependenciesMustHavePassed(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) {
    var obstacles: [String] = []
    for name in Self.dependencies(of: event, context.consulted) {
      let state = context.entity(name, as: GateState.self)?.status ?? .absent
      if state == .passed { continue }
      obstacles.append("\(name) (\(state.nameIfPresent ?? "not run"))")
    }
    guard !obstacles.isEmpty else { return }
    let target = Self.target(of: event)
    throw LogError(
      .rejected, "\(context.name) waits for \(obstacles.joined(separator: ", "))",
      allowed: status.next.filter { $0 != target }.map(\.name))
  }

  private static func waitsForOthers(_ event: DomainEvent) -> Bool { readsMore(for: event.type) }

  /// The rows of the gates that come first, for the subject of an execution.
  private static func dependencies(of event: DomainEvent, _ declaration: Payload?) -> [String] {
    guard waitsForOthers(event), let declaration, let subject = event.payload.text("subject")
    else { return [] }
    return declaration.texts("depends_on").map { "gate-\($0)/\(subject)" }
  }
}

internal import Events
internal import Pipeline

extension AppendUnit {
  /// The draft with what only the log knows in front of its payload: which patch has the same
  /// content, the scopes that enclose a cost, and the type that a gate was declared with.
  ///
  /// It becomes part of the event, so that a fold and a reversal come to the same sums, whatever is
  /// declared later.
  mutating func completed(
    _ draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> PreparedDraft {
    var members: [PayloadMember] = []
    switch draft.definition.type {
    case .patch_created:
      if let twin = try twin(of: draft, in: tables) {
        members.append(PayloadMember("same_content_as", text: twin))
      }
    case .cost_charged, .cost_reserved:
      let scopes = try machine.enclosingScopes(
        of: draft.payload, run: draft.addresses.run, rows: tables, events: tables)
      members += scopes.map { PayloadMember($0.field, text: $0.id) }
    case .gate_passed:
      if let type = try declaredType(of: draft, in: tables) {
        members.append(PayloadMember("gate_type", text: type))
      }
    default: break
    }
    return members.isEmpty ? draft : try preparer.adding(members, to: draft)
  }

  /// The type that the gate of an execution was declared with; nil when the draft names one.
  private mutating func declaredType(
    of draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> String? {
    guard !draft.payload.has("gate_type"),
      let slot = try machine.cache.load(draft.envelope.stream, from: tables),
      let gate = machine.cache.state(slot) as? GateState, gate.isDeclared
    else { return nil }
    let declaration = try tables.event(at: gate.declared)?.payload.flatMap { Payload($0) }
    return declaration?.text("gate_type")
  }

  /// Refuses, before anything of it is stored, an event whose sealed copy could not be.
  func mustBeNew(
    _ sealedCopy: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    let id = sealedCopy.envelope.eventID
    guard let entry = try tables.entry(for: .event(id)) else { return }
    throw LogError(
      .idTaken,
      "the id \(id) of its sealed copy belongs to the event at position \(entry.position)",
      hint: "Take a new id for the event")
  }

  /// The first patch with the same content; nil when there is none and when the draft names one.
  private func twin(
    of draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> String? {
    guard !draft.payload.has("same_content_as"),
      let key = draft.payloadKeys.first(where: { $0.kind == .content }),
      let entry = try tables.entry(for: key.key)
    else { return nil }
    let first = try tables.event(at: entry.position)?.payload.flatMap { Payload($0) }
    return first?.text(["artifact", "patch_id"])
  }
}

internal import Events
internal import Pipeline

extension AppendUnit {
  /// The draft with what only the log knows in front of its payload: which patch has the same
  /// content, and the scopes that enclose a cost.
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
    default: break
    }
    return members.isEmpty ? draft : try preparer.adding(members, to: draft)
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

internal import Bytes
internal import Events
internal import JSON

extension PatchState {
  package static var reacts: Bool { true }

  /// A patch that fails its validation is dropped; whether another one is wanted, a person
  /// decides.
  ///
  /// So it is with a quarantined one, which stays.
  package func reactions(
    from before: PatchState, to event: DomainEvent, _ context: ReactContext
  ) -> [Reaction] {
    switch event.type {
    case .patch_validation_failed where before.status == .created:
      let reason = "validation failed: " + Self.complaint(event.payload)
      return [
        .patchDropped(context.name, reason),
        .review(
          of: context.name, because: event, "\(context.name) is dropped, \(reason)",
          [
            ReviewOption(decision: "approve", text: "leave it dropped"),
            ReviewOption(decision: "adjust", text: "ask for another patch"),
            ReviewOption(decision: "reject", text: "undo the verdict and check it again"),
          ]),
      ]
    case .patch_quarantined where before.status != .quarantined:
      let reason = event.payload.text("reason") ?? "no reason given"
      return [
        .review(
          of: context.name, because: event, "\(context.name) is quarantined: \(reason)",
          [
            ReviewOption(decision: "approve", text: "submit it again as a new patch"),
            ReviewOption(decision: "adjust", text: "ask for another patch"),
            ReviewOption(decision: "reject", text: "drop it"),
          ])
      ]
    default: return []
    }
  }

  /// What was wrong, in the words of who checked it; else the names of the checks.
  private static func complaint(_ payload: Payload) -> String {
    if let reason = payload.text("reason"), !reason.isEmpty { return reason }
    let validation = payload.child("validation")
    let errors = validation?.texts("validation_errors").filter { !$0.isEmpty } ?? []
    if !errors.isEmpty { return errors.joined(separator: "; ") }
    let failed = ["format", "scope", "constraints"].filter {
      validation?.flag($0 + "_ok") != true
    }
    return failed.isEmpty ? "no reason given" : failed.joined(separator: ", ")
  }
}

extension Reaction {
  fileprivate static func patchDropped(_ patch: Name, _ reason: String) -> Reaction {
    var json = JSONWriter()
    json.beginObject()
    json.key("patch_id")
    json.string(patch.id)
    json.key("reason")
    json.string(reason.cut(toScalars: 1024))
    json.endObject()
    return Reaction(.patch_dropped, json.bytes)
  }
}

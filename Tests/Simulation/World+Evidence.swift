internal import Bytes
internal import Engine
internal import Events
internal import Evidence
internal import Merkle
internal import Pipeline
internal import TestSupport

/// Actors that seal and redact.
extension World {
  /// Signs the log as it stands.
  func seal(_ actor: Int) throws {
    let key = try Self.key(breakage == .foreignSeal ? 2 : 1)
    trace.note("actor \(actor) seals")
    arm(actor)
    let attempt = try onAll { (site, _) throws(LogError) in
      [AppendUnit.Outcome.success(try site.engines[actor].seal(by: key).receipt)]
    }
    try takeOwn(attempt, "checkpoint_sealed", actor)
    figures.seals += attempt.result?.count ?? attempt.lost?.count ?? 0
  }

  /// Takes the text out of a note.
  func redact(_ actor: Int) throws {
    let notes = model.events.filter {
      $0.type == "note" && $0.proposal?.isMasked == false
        && !model.redacted.contains($0.receipt.position)
    }
    guard let position = maker.generator.pick(notes)?.receipt.position else { return }
    trace.note("actor \(actor) redacts \(position)")
    arm(actor)
    let attempt = try onAll { (site, _) throws(LogError) in
      let engine = site.engines[actor]
      let plan = try engine.planRedaction(
        of: engine.event(.position(position)), .pointers(["/text"]), engine.masker())
      guard !plan.isEmpty else { throw LogError(.corruption, "there is nothing to take out") }
      return try engine.redact(plan, reason: "r", operator: nil, AppendOptions())
        .map { AppendUnit.Outcome.success($0) }
    }
    try takeOwn(attempt, "payload_redacted", actor)
    guard attempt.result != nil || attempt.lost != nil else { return }
    model.redacted.insert(position)
    figures.redactions += 1
  }

  /// Judges an event that the log made of itself; what it says is looked at in the end.
  private func takeOwn(
    _ attempt: Attempt<[AppendUnit.Outcome]>, _ type: String, _ actor: Int
  ) throws {
    var members = ""
    // What this step armed is not for the look at what it came to.
    disarm()
    if case .success(let receipt)? = (attempt.result ?? attempt.lost)?.first {
      let payload = try sites[0].engines[0].event(.position(receipt.position)).payload ?? []
      members = String(decoding: payload.dropFirst().dropLast(), as: UTF8.self)
    }
    try take(attempt, [Proposal(type, "log", members)], actor, isAtomic: true)
  }

  /// Each seal is of what the receipts before it say, and signed by the one key.
  func auditSeals(_ dump: LogDump) throws {
    let key = try Self.key(1)
    var frontier = Frontier()
    frontier.append(sites[0].log.identity.genesisLeaf)
    for event in model.events {
      if event.type == "checkpoint_sealed" {
        let payload = Payload(Array((event.proposal?.payload ?? "").utf8))
        guard let position = payload?.integer("size"), let root = payload?.text("root"),
          let signature = payload?.text("signature"), let origin = payload?.text("origin")
        else { throw Breach("the seal at \(event.receipt.position) says nothing") }
        try demand(
          UInt64(position) == event.receipt.position.rawValue
            && root == frontier.root.description,
          "the seal at \(event.receipt.position) is of another log")
        let checkpoint = Checkpoint(origin: origin, size: UInt64(position), root: frontier.root)
        let signed = try SignedCheckpoint(checkpoint, by: key).note.signatures.first
        try demand(
          signed?.base64 == signature,
          "the seal at \(event.receipt.position) has another signature")
      }
      frontier.append(event.receipt.leaf)
    }
  }

  private static func key(_ number: UInt8) throws -> SigningKey {
    guard let name = KeyName("example.com/simulation") else { throw Breach("no name for a key") }
    return try SigningKey(name: name, seed: [UInt8](repeating: number, count: 32))
  }
}

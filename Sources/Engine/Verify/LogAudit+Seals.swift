internal import Bytes
internal import EventLog
internal import Events
internal import Evidence
internal import Pipeline

/// The checkpoints that the log keeps as events.
struct SealCounts {
  static let type = Array(EventType.checkpoint_sealed.name.utf8)

  var agreeing = 0
  /// Of these, signed by one of the given keys.
  var signed = 0
  /// The last position that a seal signed by a given key covers, and that key.
  var proved: (through: Position, signer: String)?
}

extension LogAudit {
  /// Compares a seal with the tree of all events before it.
  mutating func checkSeal(_ position: Position, _ payload: [UInt8]?) {
    guard let payload else { return }
    guard let seal = Seal(position: position, payload: payload, defaultOrigin: identity.origin)
    else {
      report.find(.seals, position, "the seal at position \(position) is not signed")
      return
    }
    let checkpoint = seal.checkpoint.checkpoint
    guard checkpoint.origin == identity.origin, checkpoint.size == tree.size else {
      report.find(
        .seals, position, "the seal at position \(position) is not one of the log before it")
      return
    }
    // Without all leaves the root is unknown, and the tree's phase says so.
    guard tree.isComplete else { return }
    guard checkpoint.root == tree.root else {
      report.find(
        .seals, Position(1), through: seal.covers,
        "the seal at position \(position) was made over other events than positions 1 to "
          + "\(seal.covers)")
      return
    }
    seals.agreeing += 1
    checkSignature(seal)
  }

  private mutating func checkSignature(_ seal: Seal) {
    do throws(EvidenceError) {
      let signers = try seal.checkpoint.note.verify(by: evidence.keys)
      seals.signed += 1
      seals.proved = (seal.covers, signers.text)
    } catch {
      guard error.code == .refuted else { return }
      report.find(.seals, seal.position, "position \(seal.position): \(error.message)")
    }
  }

  func closeSeals() {
    guard seals.agreeing > 0 || report.verification.counts[.seals] != nil else {
      report.skip(.seals, "the log was never sealed")
      return
    }
    let keys =
      evidence.keys.isEmpty
      ? "signatures not checked: no key" : "\(seals.signed) signed by given keys"
    report.end(.seals, "\(seals.agreeing) agree with the events before them; \(keys)")
  }
}

extension SignedNote.Signers {
  /// The signers whose signatures are right, as text.
  package var text: String {
    verified.map { "\($0.name)+\($0.idText)" }.joined(separator: ", ")
  }
}

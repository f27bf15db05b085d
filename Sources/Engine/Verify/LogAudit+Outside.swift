internal import Bytes
internal import EventLog
internal import Events
internal import Evidence
internal import Merkle

extension LogAudit {
  /// Compares the log with all that is known of it outside, and concludes.
  func closeOutside(_ head: Head?) {
    closeSeals()
    let end = next.previous
    let seen = closeExternal()
    let checkpoints = closeCheckpoints(end)
    let receipts = closeReceipts(end)
    var proofs = [checkpoints].compactMap(\.self)
    if let proved = seals.proved {
      proofs.append("sealed to position \(proved.through) under the key \(proved.signer)")
    }
    if let receipts { proofs.append(receipts) }
    if let seen {
      proofs.append(seen)
    } else if proofs.isEmpty {
      proofs.append("nothing outside the log proves it")
    } else {
      proofs.append("nothing else proves later events")
    }
    let recomputed = tree.isComplete ? tree.frontier(size: tree.size)?.root : nil
    report.tell(
      .conclusion(head: end, root: recomputed, evidence: proofs.joined(separator: "; ")))
  }

  /// - Returns: what the checkpoints prove.
  private func closeCheckpoints(_ end: Position) -> String? {
    guard !evidence.checkpoints.isEmpty else {
      report.skip(.checkpoints, "none was given: --against FILE compares the log with one")
      return nil
    }
    guard tree.isComplete else {
      report.skip(.checkpoints, "without all records the roots are unknown")
      return nil
    }
    var said: [String] = []
    var best: OutsideEvidence.KnownCheckpoint?
    for known in evidence.checkpoints {
      guard let text = check(known, end) else { continue }
      said.append(text)
      if known.checkpoint.size > best?.checkpoint.size ?? 0 { best = known }
    }
    let wrong = report.verification.counts[.checkpoints] ?? 0
    report.end(
      .checkpoints, said.isEmpty ? "\(wrong) contradict the log" : said.joined(separator: "; "))
    guard wrong == 0 else { return "\(wrong) of the given checkpoints contradict it" }
    return best.map { known in
      let by =
        known.signers.isEmpty
        ? "which no key was given for" : "signed by \(known.signers.joined(separator: ", "))"
      return "proved to position \(known.checkpoint.size &- 1) by checkpoint \(known.name), \(by)"
    }
  }

  private func check(
    _ known: OutsideEvidence.KnownCheckpoint, _ end: Position
  ) -> String? {
    let checkpoint = known.checkpoint
    let last = Position(checkpoint.size &- 1)
    guard checkpoint.origin == identity.origin else {
      report.find(
        .checkpoints, nil,
        "checkpoint \(known.name) is one of another log, \(checkpoint.origin); this is "
          + identity.origin)
      return nil
    }
    guard checkpoint.size > 0 else {
      report.find(.checkpoints, nil, "checkpoint \(known.name) is one of a log without a beginning")
      return nil
    }
    guard checkpoint.size <= tree.size else {
      report.find(
        .checkpoints, end.next, through: last,
        "the log was rolled back: it ends at position \(end), checkpoint \(known.name) covers "
          + "position \(last)")
      return nil
    }
    guard tree.frontier(size: checkpoint.size)?.root == checkpoint.root else {
      report.find(
        .checkpoints, Position(1), through: last,
        "the history differs: the root at position \(last) is another than that of checkpoint "
          + known.name)
      return nil
    }
    let signers = known.signers.joined(separator: ", ")
    return "\(known.name) agrees to position \(last), "
      + (signers.isEmpty ? "its signature is not checked: no key" : "signed by \(signers)")
  }

  /// Compares an event with the receipts that were given for its position.
  mutating func checkReceipts(_ position: Position, _ leaf: Digest, _ eventID: ULID) {
    guard let receipts = evidence.byPosition[position] else { return }
    for receipt in receipts {
      guard receipt.leaf == leaf, receipt.eventID == eventID else {
        let restored =
          receipt.epoch < epoch ? "; it is of epoch \(receipt.epoch), before a restore" : ""
        report.find(
          .receipts, position,
          "the event at position \(position) is not the one of its receipt, \(receipt.eventID)"
            + restored)
        continue
      }
      matchedReceipts += 1
    }
  }

  private func closeReceipts(_ end: Position) -> String? {
    guard !evidence.receipts.isEmpty else {
      report.skip(.receipts, "none were given: --receipt FILE compares the log with them")
      return nil
    }
    for (position, receipts) in evidence.byPosition.sorted(by: { $0.key < $1.key })
    where position > end {
      report.find(
        .receipts, position,
        "the log was rolled back: it ends at position \(end), there are \(receipts.count) "
          + "receipts of position \(position)")
    }
    report.end(.receipts, "\(matchedReceipts) of \(evidence.receipts.count) match")
    let wrong = report.verification.counts[.receipts] ?? 0
    return wrong == 0
      ? "\(matchedReceipts) receipts match" : "\(wrong) receipts contradict it"
  }
}

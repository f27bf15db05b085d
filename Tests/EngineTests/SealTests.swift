import Bytes
import Engine
import EventLog
import Events
import Evidence
import Merkle
import Testing

/// Signed checkpoints in the log, proofs by them, and comparing the log with what was kept of it.
@Suite struct SealTests {
  private typealias Known = OutsideEvidence.KnownCheckpoint

  private let key: SigningKey

  init() throws {
    let name = try #require(KeyName("test/key"))
    key = try SigningKey(name: name, seed: Array(1...32))
  }

  /// A log of 300 notes, a seal, 300 notes, a seal, and a note.
  private func sealedLog() throws -> (
    directory: VerifyDirectory, checkpoints: [SignedCheckpoint], receipts: [Receipt]
  ) {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    let engine = try directory.engine()
    var checkpoints: [SignedCheckpoint] = []
    var receipts: [Receipt] = []
    for part in 0..<2 {
      let drafts = try (0..<300).map { (index) throws(LogError) in
        try engine.prepare(note("\(part) \(index)"))
      }
      for case .success(let receipt) in try engine.append(drafts) { receipts.append(receipt) }
      checkpoints.append(try engine.seal(by: key).checkpoint)
    }
    receipts.append(try engine.append(note("last")))
    return (directory, checkpoints, receipts)
  }

  private func note(_ text: String) -> Draft {
    Draft(type: "note", payload: VerifyFixture.payload(#"{"text":"\#(text)"}"#))
  }

  private func evidence(
    _ checkpoints: [SignedCheckpoint] = [], _ receipts: [Receipt] = [],
    keys: [VerifierKey] = []
  ) -> OutsideEvidence {
    var evidence = OutsideEvidence()
    evidence.keys = keys
    evidence.checkpoints = checkpoints.map {
      Known(name: "c", checkpoint: $0.checkpoint, signers: ["test/key"])
    }
    evidence.receipts = receipts.map {
      OutsideEvidence.KnownReceipt(
        position: $0.position, eventID: $0.eventID, leaf: $0.leaf, epoch: 1)
    }
    return evidence
  }

  // MARK: Sealing

  @Test func `a seal covers all that is before it, and nothing else`() throws {
    let (directory, checkpoints, _) = try sealedLog()
    #expect(checkpoints.map(\.checkpoint.size) == [301, 602])
    let engine = try directory.engine()
    #expect(try engine.event(.position(Position(301))).envelope.type == "checkpoint_sealed")
    for checkpoint in checkpoints {
      #expect(try checkpoint.note.verify(by: [key.verifier]).verified == [key.verifier])
      #expect(checkpoint.checkpoint.origin == "uetlog/\(verifyIdentity.id)")
    }
    #expect(try engine.lastSeal(covering: Position(1))?.checkpoint == checkpoints[1])
    #expect(try engine.lastSeal(covering: Position(601))?.position == Position(602))
    #expect(try engine.lastSeal(covering: Position(602)) == nil)
  }

  @Test func `an empty log can be sealed`() throws {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    let sealed = try directory.engine().seal(by: key)
    #expect(sealed.checkpoint.checkpoint.size == 1)
    #expect(sealed.receipt.position == Position(1))
    let found = try directory.verify(evidence([sealed.checkpoint], keys: [key.verifier]))
    #expect(found.verdict == .intact, "\(found.lines)")
  }

  @Test func `a trial stores nothing`() throws {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    let engine = try directory.engine()
    var options = AppendOptions()
    options.isDryRun = true
    _ = try engine.seal(by: key, options)
    #expect(try engine.head().position == .none)
  }

  @Test func `a seal that is not due is not made, whoever asks`() throws {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    let engine = try directory.engine()
    #expect(try engine.sealIfDue(every: 1, by: key) == nil)
    for number in 0..<4 { _ = try engine.append(note("\(number)")) }
    #expect(try engine.sealIfDue(every: 5, by: key) == nil)
    #expect(try engine.head().position == Position(4))
    #expect(try engine.sealIfDue(every: 4, by: key)?.receipt.position == Position(5))
    // The seal itself is none of the events that it waits for.
    #expect(try engine.eventCountSinceSeal() == 0)
    #expect(try engine.sealIfDue(every: 1, by: key) == nil)
    _ = try engine.append(note("after"))
    #expect(try engine.eventCountSinceSeal() == 1)
    let last = try engine.sealIfDue(every: 1, by: key)
    #expect(last?.checkpoint.checkpoint.size == 7)
    #expect(try engine.lastSeal(covering: .none)?.position == Position(7))
  }

  // MARK: Proving

  @Test func `every position is proved by a seal that covers it`() throws {
    let (directory, checkpoints, receipts) = try sealedLog()
    let engine = try directory.engine()
    let leaves = Dictionary(uniqueKeysWithValues: receipts.map { ($0.position, $0.leaf) })
    for checkpoint in checkpoints.map(\.checkpoint) {
      let positions = (1..<checkpoint.size).map { Position($0) }
      var count = 0
      try engine.prove(positions, in: checkpoint) { records in
        for record in records {
          let leaf = TreeHash.leaf(record.envelope)
          #expect(record.proof.proves(leaf: leaf, root: checkpoint.root))
          if let known = leaves[record.position] { #expect(leaf == known) }
          count += 1
        }
      }
      #expect(count == positions.count)
      #expect(throws: LogError.self) {
        try engine.prove([Position(checkpoint.size)], in: checkpoint) { _ in }
      }
    }
  }

  @Test func `a checkpoint that is not one of this log proves nothing`() throws {
    let (directory, checkpoints, _) = try sealedLog()
    let engine = try directory.engine()
    let right = checkpoints[0].checkpoint
    let wrong: [(Checkpoint, LogError.Code)] = [
      (Checkpoint(origin: "uetlog/other", size: right.size, root: right.root), .badInput),
      (Checkpoint(origin: right.origin, size: 9999, root: right.root), .unsafe),
      (Checkpoint(origin: right.origin, size: right.size, root: Digest()), .unsafe),
      (Checkpoint(origin: right.origin, size: right.size - 1, root: right.root), .unsafe),
    ]
    for (checkpoint, code) in wrong {
      let error = #expect(throws: LogError.self) {
        try engine.prove([Position(7)], in: checkpoint) { _ in }
      }
      #expect(error?.code == code)
    }
  }

  // MARK: Comparing

  @Test func `a log that agrees with all that was kept of it is intact, and it is said how far`()
    throws
  {
    let (directory, checkpoints, receipts) = try sealedLog()
    let found = try directory.verify(evidence(checkpoints, receipts, keys: [key.verifier]))
    #expect(found.verdict == .intact, "\(found.lines)")
    for phase in [Verification.Phase.seals, .checkpoints, .receipts] {
      #expect(found.outcome(phase)?.status == .ok)
    }
    #expect(found.evidence.contains("proved to position 601 by checkpoint c"))
    #expect(found.evidence.contains("sealed to position 601 under the key test/key"))
    #expect(found.outcome(.receipts)?.figures == "601 of 601 match")
    #expect(found.outcome(.seals)?.figures.contains("2 signed by given keys") == true)
  }

  @Test func `without a key signatures are said not to be checked`() throws {
    let (directory, _, _) = try sealedLog()
    let found = try directory.verify()
    #expect(found.verdict == .intact)
    #expect(found.outcome(.seals)?.figures.contains("not checked") == true)
  }

  @Test func `a log that ends before a checkpoint or receipt was rolled back`() throws {
    let (directory, checkpoints, receipts) = try sealedLog()
    let old = try VerifyDirectory()
    try old.create(verifyIdentity)
    _ = try old.engine().append(note("another"))
    for evidence in [evidence([checkpoints[1]]), evidence([], receipts)] {
      let found = try old.verify(evidence)
      #expect(found.verdict == .rolledBack, "\(found.lines)")
      #expect(found.findings.contains { $0.message.contains("rolled back") })
    }
    _ = directory
  }

  @Test func `another history is told from an intact one`() throws {
    let (directory, checkpoints, receipts) = try sealedLog()
    let right = checkpoints[0].checkpoint
    let wrong = [
      Checkpoint(origin: right.origin, size: right.size, root: Digest()),
      Checkpoint(origin: right.origin, size: right.size + 1, root: right.root),
      Checkpoint(origin: "uetlog/other", size: right.size, root: right.root),
      Checkpoint(origin: right.origin, size: 0, root: TreeHash.emptyRoot),
      Checkpoint(origin: right.origin, size: Checkpoint.sizeMax, root: right.root),
    ]
    for checkpoint in wrong {
      var evidence = OutsideEvidence()
      evidence.checkpoints = [Known(name: "c", checkpoint: checkpoint, signers: [])]
      let found = try directory.verify(evidence)
      #expect(found.verdict == .rolledBack, "\(checkpoint)")
      #expect(found.outcome(.checkpoints)?.status == .failed)
    }
    var receipt = receipts[4]
    receipt.leaf = Digest()
    let found = try directory.verify(evidence([], [receipts[3], receipt]))
    #expect(found.verdict == .rolledBack)
    #expect(found.findings.map(\.position) == [receipt.position])
    #expect(found.outcome(.receipts)?.figures == "1 of 2 match")
  }

  @Test func `a changed event contradicts the seals and checkpoints after it`() throws {
    let (directory, checkpoints, _) = try sealedLog()
    try Surgeon(directory).change("log", 7) { $0.flipped(at: 72) }
    let found = try directory.verify(evidence(checkpoints))
    #expect(found.verdict == .damaged)
    #expect(found.findings.filter { $0.phase == .seals }.count == 2)
    #expect(found.findings.filter { $0.phase == .checkpoints }.count == 2)
  }

  @Test func `seals by other keys are not counted`() throws {
    let (directory, _, _) = try sealedLog()
    let other = try SigningKey(name: key.verifier.name, seed: Array(2...33))
    let found = try directory.verify(evidence(keys: [other.verifier]))
    #expect(found.verdict == .intact)
    #expect(found.outcome(.seals)?.figures.contains("0 signed by given keys") == true)
  }
}

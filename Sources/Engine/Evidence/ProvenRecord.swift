package import Bytes
package import Events
package import Evidence
package import Merkle

/// A stored record and the way from its leaf to the root of a checkpoint.
package struct ProvenRecord: Hashable, Sendable {
  package let position: Position
  /// What the leaf is the hash of.
  package let envelope: [UInt8]
  /// Salt and payload, of which the envelope has the commitment; nil when they were redacted.
  package let salted: [UInt8]?
  package let proof: InclusionProof
}

/// Proves records in one snapshot.
private struct ProveRecords: ReadUnit {
  let positions: ArraySlice<Position>
  let checkpoint: Checkpoint
  let genesis: Digest
  var maker: ProofMaker

  mutating func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [ProvenRecord] {
    let head = try tables.head()
    guard checkpoint.size <= head.frontier.size else {
      throw LogError(
        .unsafe, "the log is older than the checkpoint: events are missing at its end",
        expected: "at least position \(checkpoint.size &- 1)", actual: "position \(head.position)",
        hint: "Run `uetlog verify --against` with the checkpoint")
    }
    var records: [ProvenRecord] = []
    for position in positions { records.append(try prove(position, tables)) }
    return records
  }

  private mutating func prove(
    _ position: Position, _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> ProvenRecord {
    var envelope: [UInt8] = []
    var salted: [UInt8]?
    try tables.scan(from: position) { (found, record) in
      if found == position {
        envelope = record.envelope.bytes.copied
        salted = record.isRedacted ? nil : record.salted?.copied
      }
      return false
    }
    let genesis = genesis
    let proof = try maker.proof(ofLeaf: position.rawValue) { (index) throws(LogError) in
      index == 0 ? genesis : try Self.leaf(Position(index), tables)
    } block: { (block) throws(LogError) in
      guard let root = try tables.subtreeRoot(block) else {
        throw LogError(.corruption, "the root of block \(block) is missing")
      }
      return root
    }
    guard !envelope.isEmpty, let proof else {
      throw LogError(.notFound, "the checkpoint does not cover position \(position)")
    }
    guard proof.proves(leaf: TreeHash.leaf(envelope), root: checkpoint.root) else {
      throw LogError(
        .unsafe, "position \(position) does not lead to the checkpoint's root: the log was changed",
        hint: "Run `uetlog verify --against` with the checkpoint")
    }
    return ProvenRecord(position: position, envelope: envelope, salted: salted, proof: proof)
  }

  private static func leaf(
    _ position: Position, _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Digest {
    var leaf: Digest?
    try tables.scan(from: position) { (found, record) in
      if found == position { leaf = record.envelope.leaf }
      return false
    }
    guard let leaf else { throw LogError(.corruption, "no event at position \(position)") }
    return leaf
  }
}

extension Engine {
  /// Proves records by a checkpoint of this log, some at a time: no snapshot is held while `body`
  /// runs.
  package func prove(
    _ positions: [Position], in checkpoint: Checkpoint,
    _ body: ([ProvenRecord]) throws(LogError) -> Void
  ) throws(LogError) {
    guard checkpoint.origin == log.identity.origin else {
      throw LogError(
        .badInput, "the checkpoint is one of another log", expected: log.identity.origin,
        actual: checkpoint.origin)
    }
    var maker = ProofMaker(treeSize: checkpoint.size)
    var rest = positions[...]
    while !rest.isEmpty {
      var unit = ProveRecords(
        positions: rest.prefix(256), checkpoint: checkpoint, genesis: log.identity.genesisLeaf,
        maker: maker)
      try body(try log.read(&unit))
      maker = unit.maker
      rest = rest.dropFirst(256)
    }
  }

  /// The positions of a run's events, oldest first.
  package func positions(ofRun run: ULID) throws(LogError) -> [Position] {
    var query = Query()
    query.runID = run
    guard let positions = try linked(query) else {
      throw LogError(
        .badInput, "the run is too long to be proved as one",
        expected: "at most \(ReadLinks.countMax) events")
    }
    return positions
  }
}

internal import Bytes
package import Events
package import Evidence
internal import Merkle

/// Where tiles are put.
package protocol TileStore {
  /// Whether a tile is there: it is never written again.
  func has(_ tile: TilePath) -> Bool
  mutating func put(_ tile: TilePath, _ bytes: [UInt8]) throws(LogError)
}

extension Engine {
  /// Writes the tree of a checkpoint as tiles, and what its leaves are the hashes of; those that
  /// are there stay as they are.
  ///
  /// The log must lead to the checkpoint's root, and to that of `earlier`: what was exported
  /// before. No snapshot is held while a tile is put.
  ///
  /// - Parameter onProgress: takes how many events are done, of how many.
  package func exportTiles(
    of checkpoint: Checkpoint, after earlier: Checkpoint?, to store: inout some TileStore,
    onProgress: (UInt64, UInt64) -> Void = { _, _ in }
  ) throws(LogError) {
    let leaves = try tileLeaves(of: checkpoint)
    for known in [earlier, checkpoint].compactMap({ $0 }) { try check(known, leaves) }
    for tile in TilePath.all(.entries, count: checkpoint.size) {
      let hashes = TilePath(kind: .hashes(level: 0), number: tile.number, width: tile.width)
      guard !store.has(tile) || !store.has(hashes) else { continue }
      let entries = try leaves.entries(of: tile)
      guard let bundle = TilePath.bundle(entries) else {
        throw LogError(.corruption, "an envelope of tile \(tile.number) is too long")
      }
      if !store.has(tile) { try store.put(tile, bundle) }
      if !store.has(hashes) {
        try store.put(hashes, entries.flatMap { TreeHash.leaf($0).bytes })
      }
      onProgress(tile.number * UInt64(TilePath.fullWidth), checkpoint.size)
    }
    var (level, roots) = (1, leaves.blocks)
    while !roots.isEmpty {
      var above: [Digest] = []
      for tile in TilePath.all(.hashes(level: level), count: UInt64(roots.count)) {
        let first = Int(tile.number) * TilePath.fullWidth
        let part = Array(roots[first..<first + tile.width])
        if !store.has(tile) { try store.put(tile, part.flatMap(\.bytes)) }
        if tile.isFull { above.append(TreeHash.root(ofComplete: part)) }
      }
      (level, roots) = (level + 1, above)
    }
  }

  /// Throws when the log's tree is not the one of a checkpoint.
  private func check(_ known: Checkpoint, _ leaves: TileLeaves<Log>) throws(LogError) {
    guard known.origin == log.identity.origin else {
      throw LogError(
        .badInput, "the checkpoint is one of another log", expected: log.identity.origin,
        actual: known.origin)
    }
    guard try leaves.root(at: known.size) == known.root else {
      throw LogError(
        .unsafe,
        "the log does not lead to the root of the checkpoint of size \(known.size): one of them was "
          + "changed",
        hint: "Run `uetlog verify --against` with the checkpoint")
    }
  }

  private func tileLeaves(of checkpoint: Checkpoint) throws(LogError) -> TileLeaves<Log> {
    let size = try head().frontier.size
    guard checkpoint.size <= size else {
      throw LogError(
        .unsafe, "the log is older than the checkpoint: events are missing at its end",
        expected: "at least position \(checkpoint.size &- 1)", actual: "position \(size &- 1)",
        hint: "Run `uetlog verify --against` with the checkpoint")
    }
    var leaves = TileLeaves(log: log)
    let count = checkpoint.size / Frontier.blockLeafCount
    while UInt64(leaves.blocks.count) < count {
      let first = UInt64(leaves.blocks.count)
      var read = ReadBlocks(blocks: first..<min(count, first + 4096))
      leaves.blocks += try log.read(&read)
    }
    return leaves
  }
}

/// The leaves of a log's tree, and the roots of the 256-leaf subtrees.
private struct TileLeaves<Log: EventLog> {
  let log: Log
  var blocks: [Digest] = []

  /// What the leaves of a tile are the hashes of; a full tile's lead to the root that the log has.
  func entries(of tile: TilePath) throws(LogError) -> [[UInt8]] {
    let first = tile.number * UInt64(TilePath.fullWidth)
    var entries: [[UInt8]] = first == 0 ? [log.identity.genesisEntry] : []
    var read = ReadEnvelopes(
      first: Position(max(first, 1)), last: Position(first + UInt64(tile.width) - 1))
    entries += try log.read(&read)
    guard entries.count == tile.width else {
      throw LogError(.corruption, "events are missing in positions \(read.first) to \(read.last)")
    }
    if tile.isFull {
      let root = TreeHash.root(ofComplete: entries.map { TreeHash.leaf($0) })
      guard root == blocks[Int(tile.number)] else {
        throw LogError(
          .corruption, "the root of block \(tile.number) is not that of its events",
          hint: "Run `uetlog verify`")
      }
    }
    return entries
  }

  /// The root of the first `size` leaves.
  func root(at size: UInt64) throws(LogError) -> Digest {
    let width = UInt64(TilePath.fullWidth)
    let (whole, rest) = (size / width, size % width)
    guard whole <= UInt64(blocks.count) else { throw LogError(.system, "too few subtree roots") }
    var frontier = Frontier()
    for block in blocks.prefix(Int(whole)) { frontier.append(block: block) }
    if rest > 0 {
      let tile = TilePath(kind: .entries, number: whole, width: Int(rest))
      for entry in try entries(of: tile) { frontier.append(TreeHash.leaf(entry)) }
    }
    return frontier.root
  }
}

/// Reads the envelopes of a range of positions.
private struct ReadEnvelopes: ReadUnit {
  let first: Position
  let last: Position

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [[UInt8]] {
    var envelopes: [[UInt8]] = []
    guard first <= last else { return envelopes }
    try tables.scan(from: first) { (position, record) in
      guard position <= last else { return false }
      envelopes.append(record.envelope.bytes.copied)
      return position < last
    }
    return envelopes
  }
}

/// Reads the roots of complete 256-leaf subtrees.
private struct ReadBlocks: ReadUnit {
  let blocks: Range<UInt64>

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [Digest] {
    var roots: [Digest] = []
    for block in blocks {
      guard let root = try tables.subtreeRoot(block) else {
        throw LogError(.corruption, "the root of block \(block) is missing")
      }
      roots.append(root)
    }
    return roots
  }
}

internal import Bytes
internal import EventLog
internal import Events
internal import Merkle

/// Computes the tree anew, block by block: 32 bytes are kept for every 256 events.
struct TreeAudit {
  /// The roots of complete blocks: recomputed, or the stored one where a leaf is missing.
  private(set) var roots: [Digest] = []
  /// The leaves of the block that is not complete yet.
  private(set) var tail: [Digest] = []
  /// Blocks whose stored root is another than the recomputed one, with the stored root.
  private(set) var differing: [UInt64: Digest] = [:]
  /// Blocks without all of their leaves.
  private(set) var incomplete: Set<UInt64> = []
  private var isTailIncomplete = false
  /// The blocks in which trees of known sizes end, and the leaves of those that are complete.
  private let keptBlocks: Set<UInt64>
  private var kept: [UInt64: [Digest]] = [:]
  /// The tree over the complete blocks.
  private var complete = Frontier()

  private static let blockSize = Int(Frontier.blockLeafCount)

  /// - Parameter sizes: the sizes of trees whose roots are asked for later.
  init(genesis: Digest, sizes: [UInt64]) {
    keptBlocks = Set(sizes.map { $0 / UInt64(Self.blockSize) })
    tail = [genesis]
  }

  var size: UInt64 { UInt64(roots.count) * UInt64(Self.blockSize) + UInt64(tail.count) }
  private var block: UInt64 { UInt64(roots.count) }

  mutating func append(
    _ leaf: Digest, _ report: AuditReport, _ tables: borrowing ReadTables
  ) {
    tail.append(leaf)
    if tail.count == Self.blockSize { completeBlock(report, tables) }
  }

  /// Takes the place of a leaf that can't be known.
  mutating func skipLeaf(_ report: AuditReport, _ tables: borrowing ReadTables) {
    isTailIncomplete = true
    append(Digest(), report, tables)
  }

  private mutating func completeBlock(
    _ report: AuditReport, _ tables: borrowing ReadTables
  ) {
    if keptBlocks.contains(block) { kept[block] = tail }
    var frontier = Frontier()
    for leaf in tail { frontier.append(leaf) }
    let root = frontier.root
    let stored: Digest?
    do throws(LogError) { stored = try tables.subtreeRoot(block) } catch {
      report.find(.tree, firstPosition, through: lastPosition, error.message)
      stored = root
    }
    if isTailIncomplete {
      incomplete.insert(block)
      roots.append(stored ?? Digest())
      complete.append(block: stored ?? Digest())
    } else {
      if let stored, stored != root { differing[block] = stored }
      if stored == nil {
        report.find(
          .tree, firstPosition, through: lastPosition,
          "the root over positions \(firstPosition) to \(lastPosition) is missing")
      }
      roots.append(root)
      complete.append(block: root)
    }
    tail = []
    isTailIncomplete = false
  }

  private var firstPosition: Position { Position(max(1, block * UInt64(Self.blockSize))) }
  private var lastPosition: Position {
    Position((block + 1) * UInt64(Self.blockSize) - 1)
  }

  /// The positions of a block.
  static func positions(of block: UInt64) -> (first: Position, last: Position) {
    let size = UInt64(blockSize)
    return (Position(max(1, block * size)), Position(block * size + size - 1))
  }

  /// Whether every leaf is known.
  var isComplete: Bool { incomplete.isEmpty && !isTailIncomplete }

  /// The root over all leaves so far.
  var root: Digest {
    var frontier = complete
    for leaf in tail { frontier.append(leaf) }
    return frontier.root
  }

  /// The tree's first `size` leaves; nil when the log does not have as many, or when it was not
  /// said before that this size would be asked for.
  ///
  /// - Parameter trustsStored: takes the stored root of a block over the recomputed one.
  func frontier(size: UInt64, trustsStored: Bool = false) -> Frontier? {
    let blockSize = UInt64(Self.blockSize)
    let last = size / blockSize
    let leaves = last == block ? tail : kept[last, default: []]
    guard size <= self.size, UInt64(leaves.count) >= size % blockSize else { return nil }
    return Frontier(
      size: size,
      leaf: { index in
        let offset = Int(index % blockSize)
        return leaves.indices.contains(offset) ? leaves[offset] : Digest()
      },
      block: { block in
        if trustsStored, let stored = differing[block] { return stored }
        let index = Int(block)
        return roots.indices.contains(index) ? roots[index] : Digest()
      })
  }
}

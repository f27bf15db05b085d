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
  /// The leaves of the block in which the tree of a known size ends.
  private let markSize: UInt64?
  private var markLeaves: [Digest] = []

  private static let blockSize = Int(Frontier.blockLeafCount)

  init(genesis: Digest, markSize: Position?) {
    self.markSize = markSize?.rawValue
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
    keepMarkLeaves()
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
    } else {
      if let stored, stored != root { differing[block] = stored }
      if stored == nil {
        report.find(
          .tree, firstPosition, through: lastPosition,
          "the root over positions \(firstPosition) to \(lastPosition) is missing")
      }
      roots.append(root)
    }
    tail = []
    isTailIncomplete = false
  }

  private mutating func keepMarkLeaves() {
    guard let markSize, markSize / UInt64(Self.blockSize) == block else { return }
    markLeaves = tail
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

  /// The tree's first `size` leaves; nil when the log does not have as many.
  ///
  /// - Parameter trustsStored: takes the stored root of a block over the recomputed one.
  func frontier(size: UInt64, trustsStored: Bool = false) -> Frontier? {
    guard size <= self.size else { return nil }
    let wantsMark = size == markSize && !markLeaves.isEmpty
    return Frontier(
      size: size,
      leaf: { index in
        let offset = Int(index % UInt64(Self.blockSize))
        let leaves = wantsMark ? markLeaves : tail
        return leaves.indices.contains(offset) ? leaves[offset] : Digest()
      },
      block: { block in
        if trustsStored, let stored = differing[block] { return stored }
        let index = Int(block)
        return roots.indices.contains(index) ? roots[index] : Digest()
      })
  }
}

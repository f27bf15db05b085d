internal import Bytes
internal import EventLog
internal import Events
internal import Merkle

extension LogAudit {
  /// Compares the recomputed tree with the stored roots and the head.
  func closeTree(_ tables: borrowing ReadTables, _ head: Head?) {
    let recomputed = tree.frontier(size: tree.size)
    let isProven = head != nil && tree.isComplete && recomputed == head?.frontier
    reportBlocks(isProven: isProven, head)
    walkStoredRoots(tables)
    if !isProven, let head, let recomputed { reportHead(head, recomputed) }
    let root = recomputed.map { "\($0.root)" } ?? "unknown"
    if head == nil {
      report.skip(.tree, "without a head there is nothing to compare with")
    } else if !tree.isComplete {
      report.find(.tree, nil, "records are missing, so that the root can't be computed")
      report.end(.tree, "blocks without all of their records: \(tree.incomplete.count)")
    } else {
      report.end(.tree, isProven ? "root \(root), recomputed = stored" : "root \(root) recomputed")
    }
  }

  /// Says of each block whose stored root differs whether the records or the root changed.
  private func reportBlocks(isProven: Bool, _ head: Head?) {
    for block in tree.differing.keys.sorted() {
      let (first, last) = TreeAudit.positions(of: block)
      report.find(
        .tree, first, through: last,
        isProven
          ? "the stored root over positions \(first) to \(last) is damaged; the events are not"
          : "an envelope in positions \(first) to \(last) is not what was stored under their root")
    }
  }

  private func walkStoredRoots(_ tables: borrowing ReadTables) {
    let expected = UInt64(tree.roots.count)
    do throws(LogError) {
      try tables.forEachSubtreeRoot { (block, _) throws(LogError) in
        if block >= expected {
          report.find(.tree, nil, "there is a root of block \(block), which is not complete")
        }
        return true
      }
    } catch {
      report.find(.tree, nil, error.message)
    }
  }

  /// Says what the head's tree disagrees on, unless the blocks said it already.
  private func reportHead(_ head: Head, _ recomputed: Frontier) {
    guard tree.isComplete else { return }
    guard recomputed.size == head.frontier.size else {
      report.find(
        .tree, nil, "the head's tree has \(head.frontier.size) leaves instead of \(recomputed.size)"
      )
      return
    }
    // With the stored roots instead of the recomputed ones, only what they do not cover is left.
    let trusting = tree.frontier(size: tree.size, trustsStored: true) ?? recomputed
    guard trusting != head.frontier else { return }
    let found = trusting.peaks
    let wanted = head.frontier.peaks
    for (one, other) in zip(found, wanted) where one.root != other.root {
      let first = Position(max(1, one.first))
      report.find(
        .tree, first, through: Position(one.last),
        "an envelope in positions \(first) to \(one.last) or the head is not what was stored")
    }
  }
}

extension Frontier {
  /// A complete subtree at the tree's top.
  fileprivate struct Peak {
    var first: UInt64
    var last: UInt64
    var root: [UInt8]
  }

  /// The complete subtrees that the tree falls into, largest first.
  fileprivate var peaks: [Peak] {
    var roots = encoded().dropFirst(8)
    var peaks: [Peak] = []
    var first: UInt64 = 0
    for level in stride(from: UInt64(62), through: 0, by: -1) where size >> level & 1 == 1 {
      let count: UInt64 = 1 << level
      peaks.append(
        Peak(first: first, last: first + count - 1, root: Array(roots.prefix(Digest.byteCount))))
      roots = roots.dropFirst(Digest.byteCount)
      first += count
    }
    return peaks
  }
}

/// The pages that a transaction freed: how many, then their numbers from the largest down.
package enum FreeList {
  /// Visits the numbers as long as `body` returns true and they are what they can be.
  ///
  /// - Returns: whether all were visited.
  static func forEach(
    _ list: ArraySlice<UInt8>, transaction: UInt64, in meta: MetaPage,
    _ body: (UInt64) -> Bool
  ) -> Bool {
    let span = unsafe list.span.bytes
    guard let count = span.integer(UInt64.self, at: 0), transaction > 0,
      transaction <= meta.transactionID, count <= UInt64(span.byteCount / 8 - 1)
    else { return false }
    var previous = meta.lastPage &+ 1
    for index in 0..<Int(count) {
      guard let number = span.integer(UInt64.self, at: 8 + 8 * index),
        number < previous, number >= 2, body(number)
      else { return false }
      previous = number
    }
    return true
  }

  /// What is wrong with the pages that the next commit takes first; nil when nothing is.
  ///
  /// LMDB writes to whatever pages the list names. That none of them is in use can't be seen from
  /// the list alone: `PageWalk` tells.
  ///
  /// - Parameter descriptor: of the data file, whose pages must not change meanwhile.
  package static func firstFinding(
    _ descriptor: Int32, of meta: MetaPage
  ) throws(LMDBError) -> PageFinding? {
    guard meta.freeRoot != MetaPage.noRoot else { return nil }
    let file = try PageFile(descriptor)
    var number = meta.freeRoot
    do throws(PageFault) {
      for _ in 1..<max(1, meta.free.depth) {
        let branch = try TreePage(file.page(number), number: number)
        guard !branch.isLeaf, let first = branch.entries.first else { throw .level(1) }
        number = first.child
      }
      try check(TreePage(file.page(number), number: number), file, meta)
      return nil
    } catch {
      return PageFinding(page: number, owner: .freePages, fault: error)
    }
  }

  private static func check(
    _ leaf: TreePage, _ file: PageFile, _ meta: MetaPage
  ) throws(PageFault) {
    guard leaf.isLeaf else { throw .level(Int(meta.free.depth)) }
    var order = TreeWalk(.freePages, meta.free)
    for (index, entry) in leaf.entries.enumerated() {
      try order.advance(to: leaf.bytes[entry.key], at: index, isLeaf: true)
      let transaction = order.lastNumber
      let isList: Bool
      switch entry.flags {
      case 0:
        isList = forEach(leaf.bytes[entry.value], transaction: transaction, in: meta) { _ in true }
      case TreePage.longValue:
        let first =
          unsafe leaf.bytes.span.bytes.integer(UInt64.self, at: entry.value.lowerBound) ?? 0
        _ = try file.runLength(first, of: entry.valueByteCount)
        let list = try file.list(first, entry.valueByteCount)
        isList = forEach(list[...], transaction: transaction, in: meta) { _ in true }
      default: throw .entry(index)
      }
      guard isList else { throw .freeList(transaction: transaction) }
    }
  }
}

internal import Glibc

/// Follows the trees of a data file without mapping it, and checks every page that they have.
///
/// LMDB trusts its pages: in 0.9.24 a wrong one ends the process, and a list of free pages that
/// names a page in use makes the next commit overwrite it.
///
/// The pages must not change meanwhile: nobody writes, or a snapshot of the transaction is open.
package struct PageWalk {
  /// Free pages that lie further behind the end of the file than this are not taken in.
  private static let missingPagesMax: UInt64 = 1 << 20

  private let file: PageFile
  private let meta: MetaPage
  private let onProgress: (UInt64, UInt64) -> Void
  private var used: PageSet
  private var free: PageSet
  private var census: PageCensus

  /// Follows the trees of one of the file's two first pages.
  ///
  /// - Parameter onProgress: takes how many pages were visited, of how many at most.
  /// - Complexity: reads each page in use once.
  package static func census(
    dataFile path: String, of meta: MetaPage,
    onProgress: @escaping (UInt64, UInt64) -> Void = { _, _ in }
  ) throws(LMDBError) -> PageCensus {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw .lastSystemError }
    defer { close(descriptor) }
    var walk = PageWalk(try PageFile(descriptor), meta, onProgress)
    return walk.run()
  }

  private init(
    _ file: PageFile, _ meta: MetaPage, _ onProgress: @escaping (UInt64, UInt64) -> Void
  ) {
    self.file = file
    self.meta = meta
    self.onProgress = onProgress
    // Of a file that was cut the last page may be any number.
    let bound = min(meta.lastPage, file.pageCount &+ Self.missingPagesMax) &+ 1
    used = PageSet(below: bound)
    free = PageSet(below: bound)
    census = PageCensus(pages: meta.lastPage &+ 1)
  }

  private mutating func run() -> PageCensus {
    // The tables first: a list of free pages that leads into them is what is wrong then.
    var mainTable = TreeWalk(.mainTable, meta.main)
    follow(&mainTable)
    census.tables = UInt64(used.count)
    var freePages = TreeWalk(.freePages, meta.free)
    follow(&freePages)
    for page in used.intersection(free) { report(page, .freePages, .usedAndFree) }
    census.used = UInt64(used.count)
    census.free = UInt64(free.count)
    onProgress(census.pages, census.pages)
    return census
  }

  private mutating func report(_ page: UInt64, _ owner: PageOwner, _ fault: PageFault) {
    census.add(PageFinding(page: page, owner: owner, fault: fault))
  }

  // MARK: Trees

  private mutating func follow(_ tree: inout TreeWalk) {
    guard tree.record.root != MetaPage.noRoot else { return }
    census.trees += 1
    visit(tree.record.root, level: 1, &tree)
    guard !tree.isBroken else { return }
    for fault in tree.countFaults { report(tree.record.root, tree.owner, fault) }
  }

  private mutating func visit(_ number: UInt64, level: Int, _ tree: inout TreeWalk) {
    do throws(PageFault) {
      try claim(number)
      let page = try TreePage(file.page(number), number: number)
      guard page.isLeaf == (level == Int(tree.record.depth)), level <= TreeRecord.depthMax else {
        throw .level(level)
      }
      // LMDB does not survive a branch that leads to one page, but for one of free pages.
      guard page.isLeaf || page.entries.count > 1 || tree.owner == .freePages else {
        throw .bounds
      }
      if page.isLeaf {
        tree.leafPages += 1
        try visitLeaf(page, &tree)
      } else {
        tree.branchPages += 1
        try visitBranch(page, level, &tree)
      }
    } catch {
      tree.isBroken = true
      report(number, tree.owner, error)
    }
  }

  private mutating func visitBranch(
    _ page: TreePage, _ level: Int, _ tree: inout TreeWalk
  ) throws(PageFault) {
    for (index, entry) in page.entries.enumerated() {
      // The first key of a branch stands for everything that is smaller than the second.
      if index > 0 {
        try tree.advance(to: page.bytes[entry.key], at: index, isLeaf: false)
      }
      visit(entry.child, level: level + 1, &tree)
    }
  }

  private mutating func visitLeaf(
    _ page: TreePage, _ tree: inout TreeWalk
  ) throws(PageFault) {
    for (index, entry) in page.entries.enumerated() {
      try tree.advance(to: page.bytes[entry.key], at: index, isLeaf: true)
      tree.entries += 1
      var value = entry.value
      var bytes = page.bytes
      switch entry.flags {
      case 0: break
      case TreePage.longValue:
        guard let first = visitLongValue(page, entry, &tree), tree.owner == .freePages else {
          continue
        }
        bytes = try file.list(first, entry.valueByteCount)
        value = bytes.indices
      case TreePage.subtree where tree.owner == .mainTable:
        try visitTable(page, entry)
        continue
      default: throw .entry(index)
      }
      if tree.owner == .freePages {
        try takeFree(bytes[value], transaction: tree.lastNumber)
      }
    }
  }

  private mutating func visitTable(
    _ page: TreePage, _ entry: TreePage.Entry
  ) throws(PageFault) {
    let name = String(decoding: page.bytes[entry.key], as: UTF8.self)
    guard entry.value.count == TreeRecord.byteCount else { throw .table(name) }
    let record = unsafe TreeRecord(page.bytes.span.bytes, at: entry.value.lowerBound)
    guard record.isPossible, record.flags & ~TreeRecord.integerKeys == 0 else {
      throw .table(name)
    }
    var table = TreeWalk(.table(name), record)
    follow(&table)
  }

  // MARK: Long values

  /// The first page of a value that stands in pages of its own; nil when something is wrong with
  /// them, which is reported: the rest of the leaf is still to be looked at.
  private mutating func visitLongValue(
    _ page: TreePage, _ entry: TreePage.Entry, _ tree: inout TreeWalk
  ) -> UInt64? {
    let first = unsafe page.bytes.span.bytes.integer(UInt64.self, at: entry.value.lowerBound) ?? 0
    do throws(PageFault) {
      try claim(first)
      let count = try file.runLength(first, of: entry.valueByteCount)
      tree.longPages += count
      for offset in 1..<count { try claim(first + offset) }
      return first
    } catch {
      tree.isBroken = true
      report(first, tree.owner, error)
      return nil
    }
  }

  // MARK: Free pages

  /// Takes in a list of free pages: how many, then their numbers from the largest down.
  private mutating func takeFree(
    _ list: ArraySlice<UInt8>, transaction: UInt64
  ) throws(PageFault) {
    let isList = FreeList.forEach(list, transaction: transaction, in: meta) { number in
      free.insert(number)
    }
    guard isList else { throw .freeList(transaction: transaction) }
  }

  // MARK: Pages

  private mutating func claim(_ number: UInt64) throws(PageFault) {
    guard number >= 2, number <= meta.lastPage else { throw .outside(lastPage: meta.lastPage) }
    guard number < file.pageCount else { throw .missing }
    guard used.insert(number) else { throw .shared }
    if used.count % 4096 == 0 { onProgress(UInt64(used.count), census.pages) }
  }
}

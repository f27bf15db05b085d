/// One of the two pages at the start of `data.mdb`, of which each commit writes one.
package struct MetaPage: Hashable, Sendable {
  /// The only page size that logs have.
  package static let byteCount = 4096
  /// The root of a tree without entries.
  package static let noRoot = UInt64.max
  static let magic: UInt32 = 0xBEEF_C0DE
  static let version: UInt32 = 1

  /// Which of the two it is.
  package let index: Int
  /// The transaction that wrote it.
  package let transactionID: UInt64
  /// The number of the last page that it knows.
  package let lastPage: UInt64
  /// The bytes that the writer reserved for its map.
  package let mapSize: UInt64
  /// The tree of free pages.
  let free: TreeRecord
  /// The tree of tables.
  let main: TreeRecord
  let number: UInt64
  let flags: UInt16
  let foundMagic: UInt32
  let foundVersion: UInt32
  let pageSize: UInt32

  /// Takes any 4,096 bytes; `findings` tells whether they are a meta page.
  init(index: Int, _ page: RawSpan) {
    self.index = index
    // The header of every page, then LMDB's MDB_meta.
    number = page.integer(UInt64.self, at: 0) ?? 0
    flags = page.integer(UInt16.self, at: 10) ?? 0
    foundMagic = page.integer(UInt32.self, at: 16) ?? 0
    foundVersion = page.integer(UInt32.self, at: 20) ?? 0
    mapSize = page.integer(UInt64.self, at: 32) ?? 0
    // The record of the free pages has the page size where others have nothing.
    pageSize = page.integer(UInt32.self, at: 40) ?? 0
    free = TreeRecord(page, at: 40)
    main = TreeRecord(page, at: 40 + TreeRecord.byteCount)
    lastPage = page.integer(UInt64.self, at: 136) ?? 0
    transactionID = page.integer(UInt64.self, at: 144) ?? 0
  }

  /// The root of the tree of free pages.
  package var freeRoot: UInt64 { free.root }
  /// The root of the tree of tables.
  package var mainRoot: UInt64 { main.root }

  /// What is wrong with this page alone.
  var findings: [MetaFinding] {
    let metaFlag: UInt16 = 0x08
    guard flags == metaFlag, number == UInt64(index) else { return [.notMetaPage(page: index)] }
    guard foundMagic == Self.magic else { return [.foreign(page: index, magic: foundMagic)] }
    guard foundVersion == Self.version else {
      return [.format(page: index, version: foundVersion)]
    }
    guard pageSize == UInt32(Self.byteCount) else {
      return [.pageSize(page: index, bytes: pageSize)]
    }
    var findings: [MetaFinding] = []
    // Transaction n writes page n & 1. A fresh file has 0 in both.
    if transactionID != 0, transactionID & 1 != UInt64(index) {
      findings.append(.parity(page: index, transactionID: transactionID))
    }
    return findings
  }

  /// What is wrong with its trees; that of the older page may be anything, since a commit that
  /// failed half way puts the older number back, but not the roots.
  var treeFindings: [MetaFinding] {
    // The tree of free pages has integer keys, and may say that the file has no directory.
    let noDirectory: UInt16 = 0x4000
    guard free.flags & ~noDirectory == TreeRecord.integerKeys, free.isPossible,
      main.flags == 0, main.isPossible
    else { return [.tree(page: index)] }
    var findings: [MetaFinding] = []
    for root in [freeRoot, mainRoot] where root != Self.noRoot && (root > lastPage || root < 2) {
      findings.append(.root(page: index, root: root, lastPage: lastPage))
    }
    return findings
  }
}

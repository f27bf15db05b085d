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
  /// The root of the tree of free pages.
  package let freeRoot: UInt64
  /// The root of the tree of tables.
  package let mainRoot: UInt64

  private let freeShape: TreeShape
  private let mainShape: TreeShape
  let number: UInt64
  let flags: UInt16
  let foundMagic: UInt32
  let foundVersion: UInt32
  let pageSize: UInt32

  /// Takes any 4,096 bytes; `findings` tells whether they are a meta page.
  init(index: Int, _ page: RawSpan) {
    self.index = index
    // The header of every page, then LMDB's MDB_meta.
    number = page.number(at: 0, or: 0)
    flags = page.number(at: 10, or: 0)
    foundMagic = page.number(at: 16, or: 0)
    foundVersion = page.number(at: 20, or: 0)
    mapSize = page.number(at: 32, or: 0)
    pageSize = page.number(at: 40, or: 0)
    freeShape = TreeShape(
      flags: page.number(at: 44, or: 0), depth: page.number(at: 46, or: 0))
    freeRoot = page.number(at: 80, or: 0)
    mainShape = TreeShape(
      flags: page.number(at: 92, or: 0), depth: page.number(at: 94, or: 0))
    mainRoot = page.number(at: 128, or: 0)
    lastPage = page.number(at: 136, or: 0)
    transactionID = page.number(at: 144, or: 0)
  }

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
    let integerKeys: UInt16 = 0x08
    let noDirectory: UInt16 = 0x4000
    guard freeShape.flags & ~noDirectory == integerKeys, freeShape.fits(root: freeRoot),
      mainShape.flags == 0, mainShape.fits(root: mainRoot)
    else { return [.tree(page: index)] }
    var findings: [MetaFinding] = []
    for root in [freeRoot, mainRoot] where root != Self.noRoot && (root > lastPage || root < 2) {
      findings.append(.root(page: index, root: root, lastPage: lastPage))
    }
    return findings
  }
}

/// What a meta page says about a tree beside its root.
private struct TreeShape: Hashable, Sendable {
  let flags: UInt16
  let depth: UInt16

  func fits(root: UInt64) -> Bool {
    // LMDB's cursors have room for 32 levels.
    root == MetaPage.noRoot ? depth == 0 : (1...32).contains(depth)
  }
}

extension RawSpan {
  fileprivate func number<Number: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, or missing: Number
  ) -> Number {
    guard offset >= 0, offset <= byteCount - MemoryLayout<Number>.size else { return missing }
    return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
  }
}

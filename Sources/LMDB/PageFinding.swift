/// Something that is wrong with a page of a data file.
package struct PageFinding: Hashable, Sendable {
  /// The page's number; it is the byte offset over 4,096.
  package let page: UInt64
  /// What the page belongs to.
  package let owner: PageOwner
  package let fault: PageFault
}

/// A tree of pages.
package enum PageOwner: Hashable, Sendable {
  /// The pages that may be written anew.
  case freePages
  /// The names of the tables, and small values.
  case mainTable
  case table(String)
}

/// What can be wrong with a page.
package enum PageFault: Error, Hashable, Sendable {
  /// Its number is none that the file can have.
  case outside(lastPage: UInt64)
  /// The file ends before it.
  case missing
  case unreadable(LMDBError)
  /// It says that it is another one.
  case misplaced(says: UInt64)
  /// It is no page of the kind that is expected there.
  case kind(flags: UInt16)
  /// Its header says that it holds more than a page can.
  case bounds
  /// An entry lies outside of it or over another one.
  case entry(Int)
  /// The key of an entry has a length that it can't have, or does not come after the one before.
  case order(Int)
  /// Something else refers to it, too.
  case shared
  /// It is in use, and may be written anew.
  case usedAndFree
  /// It is a leaf above the leaves of its tree, or none at their level.
  case level(Int)
  /// What its tree says to have is not what was found.
  case count(String, says: UInt64, found: UInt64)
  /// What is said of a table can't be.
  case table(String)
  /// A list of free pages is no such list.
  case freeList(transaction: UInt64)

  /// Whether it may come from pages that the file has lost.
  var isOfLostPages: Bool {
    switch self {
    case .outside, .missing, .unreadable, .kind, .bounds, .entry: true
    default: false
    }
  }
}

extension PageOwner: CustomStringConvertible {
  package var description: String {
    switch self {
    case .freePages: "list of free pages"
    case .mainTable: "main table"
    case .table(let name): "table \(name)"
    }
  }
}

extension PageFinding: CustomStringConvertible {
  package var description: String { "page \(page) (\(owner)): \(fault)" }
}

extension PageFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .outside(let lastPage): "there is no such page: the last one is \(lastPage)"
    case .missing: "the file ends before it"
    case .unreadable(let error): "it can't be read: \(error)"
    case .misplaced(let number): "it says that it is page \(number)"
    case .kind(let flags): "it is of another kind (flags \(String(flags, radix: 16)))"
    case .bounds: "its header can't be"
    case .entry(let index): "entry \(index) lies outside of it or over another"
    case .order(let index): "the key of entry \(index) is not one that can follow"
    case .shared: "something else refers to it, too"
    case .usedAndFree: "it is in use, but listed as free: the next append may overwrite it"
    case .level(let level): "it can't be at level \(level) of its tree"
    case .count(let what, let says, let found): "its tree says \(says) \(what) and has \(found)"
    case .table(let name): "what is said of the table \(name) can't be"
    case .freeList(let transaction): "the free pages of transaction \(transaction) are no list"
    }
  }
}

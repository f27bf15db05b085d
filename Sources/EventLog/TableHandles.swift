internal import LMDB

/// The tables of a log, opened once.
struct TableHandles: Sendable {
  /// Small values, the head among them: in the page that every commit writes anyway.
  var main: Table
  /// Position → envelope ‖ salt ‖ payload.
  var log: Table
  /// Position and piece → a piece of a payload that is too long for `log`.
  var chunks: Table
  /// Event id or key digest → position and content digest.
  var ids: Table
  /// Name → number.
  var names: Table
  /// Generation and number → row.
  var state: Table
  /// Block → root of a complete 256-leaf subtree.
  var tree: Table

  init(opening transaction: borrowing ReadTransaction) throws(LMDBError) {
    main = try transaction.openTable(nil, integerKeys: false)
    log = try transaction.openTable("log", integerKeys: true)
    chunks = try transaction.openTable("chunks", integerKeys: true)
    ids = try transaction.openTable("ids", integerKeys: false)
    names = try transaction.openTable("names", integerKeys: false)
    state = try transaction.openTable("state", integerKeys: true)
    tree = try transaction.openTable("tree", integerKeys: true)
  }

  init(creating transaction: inout WriteTransaction) throws(LMDBError) {
    main = try transaction.openTable(nil, integerKeys: false, create: false)
    log = try transaction.openTable("log", integerKeys: true, create: true)
    chunks = try transaction.openTable("chunks", integerKeys: true, create: true)
    ids = try transaction.openTable("ids", integerKeys: false, create: true)
    names = try transaction.openTable("names", integerKeys: false, create: true)
    state = try transaction.openTable("state", integerKeys: true, create: true)
    tree = try transaction.openTable("tree", integerKeys: true, create: true)
  }
}

/// Keys of the main table.
///
/// They begin with a dot, so that no table's name is among them.
enum MainKey {
  static let head = Array(".head".utf8)
  static let format = Array(".format".utf8)
  static let identity = Array(".identity".utf8)
  /// Which generation of rows is in force; the first one when it is missing.
  static let rows = Array(".rows".utf8)
  /// How the keys of small values begin.
  static let valuePrefix = Array(".value/".utf8)

  static func value(_ key: String) -> [UInt8] { valuePrefix + key.utf8 }
}

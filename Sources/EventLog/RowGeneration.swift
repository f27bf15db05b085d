internal import Events
internal import LMDB

/// Which of the two sets of rows in the state table is meant: the top bit of its keys.
///
/// One set is in force. A rebuild writes the other one in steps of any size, beside readers and
/// writers, and then puts it in force by changing one byte: before that nothing has happened,
/// after that everything.
struct RowGeneration: Hashable, Sendable {
  private let isSecond: Bool

  static let first = RowGeneration(isSecond: false)

  private init(isSecond: Bool) { self.isSecond = isSecond }

  /// The one that is not in force while this one is.
  var other: RowGeneration { RowGeneration(isSecond: !isSecond) }

  private static let bit: UInt64 = 1 << 63

  /// Where its keys begin.
  var firstKey: UInt64 { isSecond ? Self.bit : 0 }

  /// The key of a row; nil for a number that no event can have given.
  func key(_ number: EntityNumber) -> UInt64? {
    number.rawValue & Self.bit == 0 ? firstKey | number.rawValue : nil
  }

  func has(_ key: UInt64) -> Bool { key & Self.bit == firstKey }

  /// The number that a key of this generation has.
  func number(_ key: UInt64) -> EntityNumber { EntityNumber(key & ~Self.bit) }

  var encoded: [UInt8] { [isSecond ? 1 : 0] }

  /// The one that a transaction goes by: it is asked for each time, because another process may
  /// change it.
  static func inForce(
    _ transaction: borrowing some Transaction & ~Copyable & ~Escapable, _ tables: TableHandles
  ) throws(LogError) -> RowGeneration {
    guard let bytes = try Reading.main(MainKey.rows, transaction, tables) else { return first }
    switch bytes {
    case [0]: return RowGeneration(isSecond: false)
    case [1]: return RowGeneration(isSecond: true)
    default:
      throw LogError(
        .corruption, "the log does not say which rows are in force", hint: "Run `uetlog verify`")
    }
  }
}

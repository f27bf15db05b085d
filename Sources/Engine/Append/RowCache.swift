internal import Bytes
internal import Events
internal import Pipeline

/// The rows that a transaction touches: read once, changed here, written once at its end.
struct RowCache {
  struct Cached {
    /// Nil while the row was reached by number only.
    var name: Name?
    var row: StateRow
    /// The decoded fields; nil for a stream without state of its own.
    var state: (any EntityState)?
    var isChanged: Bool
  }

  private(set) var rows: [EntityNumber: Cached] = [:]
  private var numbers: [Name: EntityNumber] = [:]

  /// The number of a name; nil when there is none yet.
  mutating func number(
    of name: Name, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> EntityNumber? {
    if let known = numbers[name] { return known }
    guard let found = try tables.number(of: name) else { return nil }
    numbers[name] = found
    return found
  }

  /// Gives a new name its number and an empty row.
  mutating func create(
    _ name: Name, _ number: EntityNumber, in tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) {
    try tables.set(number, of: name)
    adopt(name, number)
  }

  /// The same without storing the name, for folds.
  mutating func adopt(_ name: Name, _ number: EntityNumber) {
    numbers[name] = number
    let category = Category(of: name)
    let type = entityType(of: category)
    rows[number] = Cached(
      name: name, row: StateRow(category: category.rawValue, layout: type?.layout ?? 0),
      state: type?.init(), isChanged: true)
  }

  /// Brings a row into the cache.
  mutating func load(
    _ name: Name, _ number: EntityNumber,
    from tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    try load(number, from: tables)
    if let index = rows.index(forKey: number) { rows.values[index].name = name }
  }

  /// Brings a row into the cache that is known by its number only.
  mutating func load(
    _ number: EntityNumber, from tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard rows[number] == nil else { return }
    guard let row = try tables.row(number) else {
      throw LogError(
        .corruption, "there is no row of number \(number.rawValue)", hint: "Run `uetlog verify`")
    }
    let state = try decodeState(row)
    rows[number] = Cached(name: nil, row: row, state: state, isChanged: false)
  }

  /// Changes a loaded row in place.
  mutating func change<R>(_ number: EntityNumber, _ body: (inout Cached) -> R) -> R? {
    guard let index = rows.index(forKey: number) else { return nil }
    rows.values[index].isChanged = true
    return body(&rows.values[index])
  }

  subscript(_ number: EntityNumber) -> Cached? { rows[number] }

  /// Writes each changed row once.
  mutating func flush(
    to tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) {
    for number in rows.filter({ $0.value.isChanged }).keys.sorted() {
      guard let row = rows[number]?.encoded else { continue }
      try tables.set(row, number)
    }
  }
}

extension RowCache.Cached {
  /// The row with the state's fields as they are now.
  var encoded: StateRow {
    guard let state else { return row }
    var out = row
    out.layout = type(of: state).layout
    out.fields = []
    state.write(to: &out.fields)
    return out
  }
}

internal import Bytes
package import Events
internal import Pipeline

/// The rows that transactions touch: read once, changed here, written once at a transaction's end.
///
/// A name is looked up once for each event; from then on its row is known by its slot.
package struct RowCache: Sendable {
  /// The place of a row in the cache.
  package typealias Slot = Int

  struct Cached: Sendable {
    let number: EntityNumber
    /// Nil while the row was reached by number only.
    var name: Name?
    var row: StateRow
    /// The decoded fields; nil for a stream without state of its own.
    var state: (any EntityState)?
    var isChanged = false
    /// Whether changes of the state may have reactions; asked for each of them.
    let reacts: Bool
    /// Whether the state tells facts of its events.
    let tellsFacts: Bool

    init(_ number: EntityNumber, name: Name?, _ row: StateRow, _ state: (any EntityState)?) {
      self.number = number
      self.name = name
      self.row = row
      self.state = state
      reacts = state.map { type(of: $0).reacts } ?? false
      tellsFacts = state.map { type(of: $0).tellsFacts } ?? false
    }
  }

  private(set) var rows: [Cached] = []
  /// The rows with `isChanged` set.
  private var changed: [Slot] = []
  private var slotsByNumber = SlotTable()
  private var slotsByName = SlotTable()
  /// The payloads that rows name and that were asked for.
  var payloads = PayloadMemory()

  package init() {}

  /// How many rows there are.
  package var count: Int { rows.count }

  /// The slot of a name whose row is here already.
  func slot(of name: Name) -> Slot? {
    slotsByName.slot(name.digest) { rows[$0].name == name }
  }

  /// Makes a row known by its name.
  private mutating func enter(_ name: Name, _ slot: Slot) {
    rows[slot].name = name
    slotsByName.add(name.digest, slot)
  }

  /// Brings a name's row into the cache; nil when there is none yet.
  mutating func load(
    _ name: Name, from tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Slot? {
    if let known = slot(of: name) { return known }
    guard let number = try tables.number(of: name) else { return nil }
    let slot = try load(number, from: tables)
    enter(name, slot)
    return slot
  }

  /// Brings a row into the cache that is known by its number only.
  mutating func load(
    _ number: EntityNumber, from tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Slot {
    if let known = slot(of: number) { return known }
    guard let row = try tables.row(number) else {
      throw LogError(
        .corruption, "there is no row of number \(number.rawValue)", hint: "Run `uetlog verify`")
    }
    let state = try decodeState(row)
    return insert(Cached(number, name: nil, row, state))
  }

  /// Gives a new name its number and an empty row.
  mutating func create(
    _ name: Name, _ number: EntityNumber, in tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Slot {
    try tables.set(number, of: name)
    return adopt(name, number)
  }

  /// The same without storing the name.
  @discardableResult
  package mutating func adopt(_ name: Name, _ number: EntityNumber) -> Slot {
    let slot = add(name, number)
    enter(name, slot)
    return slot
  }

  /// Makes room for so many rows, so that they are not moved again and again.
  mutating func reserve(_ count: Int) {
    rows.reserveCapacity(count)
    changed.reserveCapacity(count)
    slotsByNumber.reserve(count)
  }

  /// Gives a name its number and an empty row, for folds: they find names by themselves.
  mutating func add(_ name: Name, _ number: EntityNumber) -> Slot {
    let category = Category(of: name)
    let type = entityType(of: category)
    let slot = insert(
      Cached(
        number, name: name, StateRow(category: category.rawValue, layout: type?.layout ?? 0),
        type?.init()))
    noteChange(slot)
    return slot
  }

  private mutating func insert(_ row: consuming Cached) -> Slot {
    let slot = rows.count
    slotsByNumber.add(Self.digest(row.number), slot)
    rows.append(row)
    return slot
  }

  func slot(of number: EntityNumber) -> Slot? {
    slotsByNumber.slot(Self.digest(number)) { rows[$0].number == number }
  }

  /// Numbers grow by about sixteen for each event: the product spreads them.
  private static func digest(_ number: EntityNumber) -> UInt64 {
    number.rawValue &* 0x9E37_79B9_7F4A_7C15
  }

  /// All names and their numbers.
  var names: [Name: EntityNumber] {
    Dictionary(
      rows.lazy.compactMap { row in row.name.map { ($0, row.number) } }, uniquingKeysWith: { $1 })
  }

  private mutating func noteChange(_ slot: Slot) {
    guard !rows[slot].isChanged else { return }
    rows[slot].isChanged = true
    changed.append(slot)
  }

  /// Takes all rows as they are for unchanged.
  mutating func forgetChanges() {
    for slot in changed { rows[slot].isChanged = false }
    changed.removeAll(keepingCapacity: true)
  }

  func number(_ slot: Slot) -> EntityNumber { rows[slot].number }

  /// The number of a row that may not be there; `.none` then.
  func number(_ slot: Slot?) -> EntityNumber {
    if let slot { rows[slot].number } else { .none }
  }

  /// The number of a row with a state; none for another.
  func statefulNumber(_ slot: Slot) -> EntityNumber {
    rows[slot].row.category == Category.none.rawValue ? .none : rows[slot].number
  }

  func name(_ slot: Slot) -> Name? { rows[slot].name }

  func state(_ slot: Slot) -> (any EntityState)? { rows[slot].state }

  /// Whether a change of the row's state, or of its sums alone, can have reactions.
  func reacts(_ slot: Slot, toSums: Bool) -> Bool {
    rows[slot].reacts && (!toSums || rows[slot].state?.reactsToSums ?? false)
  }

  /// The latest event of the run whose row this is; nil for all but runs.
  func latestInRun(_ slot: Slot) -> Position? { rows[slot].state?.latestInRun }

  func revision(_ slot: Slot) -> UInt64 { rows[slot].row.revision }

  func last(_ slot: Slot) -> Position { rows[slot].row.last }

  /// Puts another state into a row.
  mutating func set(_ state: any EntityState, _ slot: Slot) {
    rows[slot].state = state
    noteChange(slot)
  }

  /// Takes an event into a row's state in place, and notes how its shares changed.
  mutating func evolve(_ slot: Slot, _ event: DomainEvent, _ sums: inout [Contribution]) {
    rows[slot].state?.evolve(event, notingIn: &sums)
    noteChange(slot)
  }

  /// Notes what an event of a row adds to others' sums by the row's state.
  func noteFacts(of event: DomainEvent, _ slot: Slot, _ sums: inout [Contribution]) {
    guard rows[slot].tellsFacts, let state = rows[slot].state else { return }
    let facts = state.facts(of: event)
    if !facts.isEmpty { sums += facts }
  }

  /// Adds to a row's sums in place.
  mutating func add(_ slot: Slot, _ sums: ArraySlice<Contribution>) {
    rows[slot].state?.add(sums)
    noteChange(slot)
  }

  /// Notes the latest event of the run whose row this is.
  mutating func noteInRun(_ slot: Slot, _ position: Position) {
    rows[slot].state?.noteInRun(position)
    noteChange(slot)
  }

  /// Takes an event into its stream's row.
  mutating func advance(_ slot: Slot, to position: Position) {
    rows[slot].row.revision &+= 1
    rows[slot].row.last = position
    noteChange(slot)
  }

  /// Writes each changed row once, and takes it for unchanged from then on.
  mutating func flush(
    to tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) {
    // Taken out, so that it has one owner.
    var order: [Slot] = []
    swap(&order, &changed)
    // In the order of the keys, neighbours are written into one page after another.
    if order.count > 1 { order.sort { rows[$0].number < rows[$1].number } }
    for slot in order { try tables.set(encoded(slot), rows[slot].number) }
    swap(&order, &changed)
    forgetChanges()
  }

  /// A row with the state's fields as they are now.
  func encoded(_ slot: Slot) -> StateRow {
    guard let state = rows[slot].state else { return rows[slot].row }
    return StateRow(
      category: rows[slot].row.category, layout: type(of: state).layout,
      revision: rows[slot].row.revision, last: rows[slot].row.last,
      fields: encodeFields(of: state))
  }
}

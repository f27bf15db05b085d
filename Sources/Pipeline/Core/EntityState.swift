package import Bytes
package import Events

/// The state of one kind of thing: what is stored of it, what it accepts, and how events change it.
///
/// All functions are pure.
package protocol EntityState: Hashable, Sendable {
  static var category: Category { get }
  /// Raised whenever the stored fields or `evolve` change, so that old rows are rebuilt.
  static var layout: UInt8 { get }

  /// The state before the first event.
  init()
  /// Reads the stored fields (`reader.failed` tells whether they were all there).
  init(reading reader: inout ByteReader)
  /// Appends the stored fields: at most `StateRow.fieldsByteCountMax` bytes, always as many.
  func write(to bytes: inout [UInt8])

  /// The state's name as people see it: `queued`, `BUSY`; nil before the first event.
  var stateName: String? { get }

  /// The event that declared it and says what it is part of and what it waits for; nil where there
  /// is none.
  var declaration: Position? { get }

  /// The position of an earlier event whose payload `reads` or `decide` needs; the context has
  /// the rows of the schema's `reads` so far.
  func consults(for event: DomainEvent, _ context: DecideContext) -> Position?
  /// Whether `decide` may need further rows for events of this type, beyond those of the schema's
  /// `reads`.
  static func readsMore(for type: EventType) -> Bool

  /// Their names; asked for the types of `readsMore` only.
  func reads(for event: DomainEvent, consulted: Payload?) -> [Name]
  /// Accepts the event, perhaps with further flags (`late`), or refuses it with the reason and
  /// what would be allowed.
  func decide(_ event: DomainEvent, _ context: DecideContext) throws(LogError) -> EventFlags
  /// Takes the event in. Total: an imported event may break today's rules.
  mutating func evolve(_ event: DomainEvent)

  /// The latest event of the run whose row this is; nil for all but runs.
  var latestInRun: Position? { get }
  /// Notes the latest event of the run, in whatever stream; nothing for all but runs.
  mutating func noteInRun(_ position: Position)

  /// Whether `reactions` may ever be other than empty: only then are states kept to compare with.
  static var reacts: Bool { get }
  /// Whether a change of its sums alone may have reactions; `reacts` unless it says otherwise.
  var reactsToSums: Bool { get }
  /// Its shares in other rows' sums; at most eight.
  func contributions() -> Shares
  /// Takes the event in and tells by how much its shares in other rows' sums changed.
  mutating func evolve(_ event: DomainEvent, notingIn sums: inout [Contribution])

  /// What an event adds to sums for good that its payload does not tell, but this row does.
  ///
  /// An event that undoes it takes the same away again. Asked only when `tellsFacts` is set.
  func facts(of event: DomainEvent) -> [Contribution]

  /// Whether `facts` may ever be other than empty.
  static var tellsFacts: Bool { get }

  /// Whether one of its own sums stays within what the log allows.
  func fits(_ field: SumField, _ amount: Int64) -> Bool
  /// Adds to one of its own sums.
  mutating func add(_ field: SumField, _ amount: Int64)
  /// Adds several shares.
  mutating func add(_ shares: ArraySlice<Contribution>)
  /// What the log appends because this row went from `before` to `self`.
  func reactions(from before: Self, to event: DomainEvent, _ context: ReactContext) -> [Reaction]
  /// Takes over from `current` the fields that a reversal leaves alone: sums and what neutral
  /// events own.
  mutating func keepNeutralFields(of current: Self)
  /// Takes back what a neutral event that is undone did to the fields it owns.
  mutating func takeBack(_ event: DomainEvent)
}

extension EntityState {
  package var declaration: Position? { nil }
  package func consults(for event: DomainEvent, _ context: DecideContext) -> Position? { nil }
  package static func readsMore(for type: EventType) -> Bool { false }
  package func reads(for event: DomainEvent, consulted: Payload?) -> [Name] { [] }
  package var latestInRun: Position? { nil }
  package mutating func noteInRun(_ position: Position) {}
  package static var reacts: Bool { false }
  package var reactsToSums: Bool { Self.reacts }
  package func contributions() -> Shares { [] }
  // A requirement, so that each type has its own without calls through tables.
  package mutating func evolve(_ event: DomainEvent, notingIn sums: inout [Contribution]) {
    let old = contributions()
    evolve(event)
    sums.note(old, contributions())
  }
  package func facts(of event: DomainEvent) -> [Contribution] { [] }
  package static var tellsFacts: Bool { false }
  package func fits(_ field: SumField, _ amount: Int64) -> Bool { true }
  package mutating func add(_ field: SumField, _ amount: Int64) {}
  // A requirement, so that one call does for all that an event adds to a row.
  package mutating func add(_ shares: ArraySlice<Contribution>) {
    for share in shares where share.amount != 0 { add(share.field, share.amount) }
  }
  package func reactions(
    from before: Self, to event: DomainEvent, _ context: ReactContext
  ) -> [Reaction] { [] }
  package mutating func keepNeutralFields(of current: Self) {}
  package mutating func takeBack(_ event: DomainEvent) {}
}

/// What `decide` may look at besides its own row and the event.
package struct DecideContext: Sendable {
  package var name: Name
  package var rules: Rules
  /// The log's clock.
  package var now: Timestamp
  /// The rows that were read, by name; a row that does not exist is missing.
  ///
  /// There are a handful at most: searching them is cheaper than hashing.
  package var entities: [(name: Name, state: any EntityState)]
  /// The payload of the event that `consults` asked for.
  package var consulted: Payload?

  package init(
    name: Name, rules: Rules, now: Timestamp,
    entities: [(name: Name, state: any EntityState)] = [],
    consulted: Payload? = nil
  ) {
    self.name = name
    self.rules = rules
    self.now = now
    self.entities = entities
    self.consulted = consulted
  }

  /// Whether a row was read.
  package func has(_ name: Name) -> Bool {
    for index in entities.indices where entities[index].name == name { return true }
    return false
  }

  /// One of the rows that were read.
  package func entity<State: EntityState>(_ name: String, as: State.Type) -> State? {
    entity("", name, as: State.self)
  }

  /// The same by the two halves of its name: `task-` and the id.
  package func entity<State: EntityState>(
    _ prefix: StaticString, _ id: String, as: State.Type
  ) -> State? {
    for index in entities.indices where entities[index].name.consists(of: prefix, id) {
      return entities[index].state as? State
    }
    return nil
  }
}

/// What reactions may look at.
package struct ReactContext: Sendable {
  /// The name of the row that changed.
  package var name: Name
  package var rules: Rules
  /// The payload of the event that `consults` asked for.
  package var consulted: Payload?

  package init(name: Name, rules: Rules, consulted: Payload? = nil) {
    self.name = name
    self.rules = rules
    self.consulted = consulted
  }
}

/// An event that the log is to append because of another.
package struct Reaction: Hashable, Sendable {
  package var type: EventType
  /// JSON.
  package var payload: [UInt8]
  /// What is appended instead when this one is refused: the first of them that is not.
  package var alternatives: [Reaction] = []

  package init(_ type: EventType, _ payload: [UInt8], else alternatives: [Reaction] = []) {
    self.type = type
    self.payload = payload
    self.alternatives = alternatives
  }
}

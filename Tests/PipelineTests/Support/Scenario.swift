import Bytes
import Events
import JSON
import Pipeline
import Testing

/// One entity under test: what happened to it, and what would be accepted next.
struct Scenario<State: EntityState> {
  var name: Name
  var state = State()
  var rules = Rules()
  var now = Timestamp(milliseconds: 1_800_000_000_000)
  var entities: [(name: Name, state: any EntityState)] = []
  var consulted: Payload?
  var run = EntityNumber.none
  var adds: [EntityNumber] = []
  private var position: UInt64 = 0

  init(_ name: String, _ state: State = State()) throws {
    self.name = try #require(Name(name))
    self.state = state
  }

  /// Puts another entity beside this one.
  mutating func beside(_ name: String, _ state: any EntityState) throws {
    let name = try #require(Name(name))
    entities.removeAll { $0.name == name }
    entities.append((name, state))
  }

  /// An event at the next position.
  mutating func event(
    _ type: EventType, _ json: String = "{}", flags: EventFlags = [], time: Timestamp? = nil
  ) throws -> DomainEvent {
    position += 1
    let payload = try #require(Payload(Array(json.utf8)))
    return DomainEvent(
      type: type, eventID: ULID(milliseconds: 1_800_000_000_000, random: (0, position)),
      position: Position(position), time: time ?? now, recordedAt: now, flags: flags,
      payload: payload, run: run, adds: adds)
  }

  var context: DecideContext {
    DecideContext(name: name, rules: rules, now: now, entities: entities, consulted: consulted)
  }

  /// What happened, whatever the rules say.
  mutating func given(_ type: EventType, _ json: String = "{}") throws {
    state.evolve(try event(type, json))
  }

  /// Decides and takes in one event.
  ///
  /// - Returns: the flags it got and the reactions to it.
  @discardableResult
  mutating func when(
    _ type: EventType, _ json: String = "{}", flags: EventFlags = [], time: Timestamp? = nil
  ) throws -> (flags: EventFlags, reactions: [Reaction]) {
    var event = try event(type, json, flags: flags, time: time)
    let further = try state.decide(event, context)
    event.flags.formUnion(further)
    let before = state
    state.evolve(event)
    return (further, reactions(from: before, to: event))
  }

  /// The reactions of this row to an event, its own or one that changed its sums.
  ///
  /// The engine asks only states that say that they react.
  func reactions(from before: State, to event: DomainEvent) -> [Reaction] {
    let reactions = state.reactions(
      from: before, to: event, ReactContext(name: name, rules: rules, consulted: consulted))
    if !reactions.isEmpty { #expect(State.reacts) }
    return reactions
  }

  /// The refusal of an event, which is not taken in; nil when it would be accepted.
  mutating func refusal(_ type: EventType, _ json: String = "{}") throws -> LogError? {
    let event = try event(type, json)
    do {
      _ = try state.decide(event, context)
      return nil
    } catch { return error }
  }

  /// Changes a sum as the engine does, and tells the reactions.
  mutating func sum(
    _ field: SumField, _ amount: Int64, because type: EventType, _ json: String = "{}"
  ) throws -> [Reaction] {
    let before = state
    state.add(field, amount)
    let reactions = reactions(from: before, to: try event(type, json))
    if !reactions.isEmpty { #expect(before.reactsToSums) }
    return reactions
  }
}

extension Reaction {
  var text: String { String(decoding: payload, as: UTF8.self) }

  func field(_ path: String...) throws -> String? {
    try #require(Payload(payload)).text(path)
  }
}

import Bytes
import Events
import JSON
import Pipeline
import TestSupport
import Testing

/// The types whose payloads a fold passes over, and payloads that it reads in place.
struct FoldedPayloadTests {
  private static let categories = Category.allCases.compactMap { entityType(of: $0) }

  private func event(_ type: EventType, _ payload: Payload, _ position: UInt64) -> DomainEvent {
    DomainEvent(
      type: type, eventID: ULID(milliseconds: 1_800_000_000_000, random: (0, position)),
      position: Position(position), time: Timestamp(milliseconds: 1_800_000_000_000),
      recordedAt: Timestamp(milliseconds: 1_800_000_000_000), flags: [], payload: payload,
      run: EntityNumber(16), adds: [EntityNumber(32), EntityNumber(48)])
  }

  /// Whether an event does the same to a state, and adds the same to sums, with two payloads.
  private func isSame<State: EntityState>(
    _ state: State, _ one: DomainEvent, _ other: DomainEvent
  ) -> Bool {
    var (first, second) = (state, state)
    first.evolve(one)
    second.evolve(other)
    return first == second && factContributions(of: one) == factContributions(of: other)
  }

  /// Payloads of all kinds of fields that any state reads.
  private static let payloads = [
    #"{"to":"running","worker_id":"w1","task_id":"t1","priority":3,"max_retries":2,"state":"x"}"#,
    #"{"validation":{"format_ok":true,"scope_ok":true},"policy":{"min_reviewers":2}}"#,
    #"{"progress":{"a":[1,2]},"amount_micro_usd":4,"limit_micro_usd":9,"mode":"halt"}"#,
    #"{"tests_ran":true,"tests_passed":true,"decision":"approve","step":"one","steps":[1,2]}"#,
    #"{"parent_task_id":"t0","task_id":"fix-1","gate_type":"unit_tests","warn_share":0.5}"#,
    #"{"error_code":"E1","error_message":"no","failure_kind":"crash","estimate_micro_usd":7}"#,
    #"{"target":"01ARZ3NDEKTSV4RRFFQ69G5FAV","results":{"total_tests":3},"input_tokens":5}"#,
  ]

  /// States of a type that some events lead to.
  private func states<State: EntityState>(_ type: State.Type) throws -> [State] {
    var states = [State()]
    for (index, type) in EventType.allCases.enumerated() {
      for json in Self.payloads {
        var next = states[(index * 7) % states.count]
        next.evolve(event(type, try #require(Payload(Array(json.utf8))), UInt64(index + 1)))
        if !states.contains(next) { states.append(next) }
      }
    }
    return states
  }

  private func differing<State: EntityState>(_ state: State.Type) throws -> Set<EventType> {
    let none = Payload(stored: [], 0..<0)
    var types: Set<EventType> = []
    for state in try states(state) {
      for type in EventType.allCases {
        for json in Self.payloads {
          let payload = try #require(Payload(Array(json.utf8)))
          if !isSame(state, event(type, payload, 900), event(type, none, 900)) {
            types.insert(type)
          }
        }
      }
    }
    return types
  }

  @Test func `a payload that a fold passes over changes nothing`() throws {
    var differing: Set<EventType> = []
    for state in Self.categories { differing.formUnion(try self.differing(state)) }
    for type in differing { #expect(type.isFoldedWithPayload, "\(type)") }
    // The payloads are such that reading them shows.
    for type in [EventType.patch_validated, .patch_verified, .task_created, .worker_busy] {
      #expect(differing.contains(type), "\(type)")
    }
    #expect(differing.count > 12)
  }

  @Test func `a payload read in place does what a parsed one does`() throws {
    for state in Self.categories { try compareReading(state) }
  }

  private func compareReading<State: EntityState>(_ state: State.Type) throws {
    for state in try states(state) {
      for type in EventType.allCases {
        for json in Self.payloads {
          let bytes = Array(json.utf8)
          let parsed = try #require(Payload(bytes))
          let stored = Payload(stored: bytes, bytes.indices)
          #expect(isSame(state, event(type, parsed, 900), event(type, stored, 900)))
        }
      }
    }
  }

  @Test func `a state tells by how much its shares changed`() throws {
    var changeCount = 0
    for state in Self.categories { changeCount += try compareShares(state) }
    #expect(changeCount > 20)
  }

  /// - Returns: how many events changed shares.
  private func compareShares<State: EntityState>(_ state: State.Type) throws -> Int {
    var changeCount = 0
    for before in try states(state) {
      for type in EventType.allCases {
        for json in Self.payloads {
          let event = event(type, try #require(Payload(Array(json.utf8))), 900)
          var (after, told) = (before, before)
          after.evolve(event)
          var sums: [Contribution] = []
          told.evolve(event, notingIn: &sums)
          var wanted: [Contribution] = []
          wanted.note(before.contributions(), after.contributions())
          #expect(told == after && sums == wanted, "\(State.category) \(type)")
          if !wanted.isEmpty { changeCount += 1 }
        }
      }
    }
    return changeCount
  }

  @Test func `templates give the same names from stored bytes`() throws {
    let template = Template("gate-{gate_id}/{subject.id}|run-{@run_id}")
    let texts = [
      #"{"gate_id":"g\u0031","subject":{"id":7}}"#, #"{"gate_id":"g","subject":{"id":"é\n"}}"#,
      #"{"gate_id":true,"subject":{"id":7}}"#, #"{"subject":{"id":7}}"#, "{}",
    ]
    let run = ULID(milliseconds: 1, random: (2, 3))
    for text in texts {
      let bytes = Array(text.utf8)
      let parsed = try #require(Payload(bytes))
      let stored = Payload(stored: bytes, bytes.indices)
      #expect(template.name(parsed, runID: run) == template.name(stored, runID: run), "\(text)")
      #expect(template.name(parsed, runID: nil) == template.name(stored, runID: nil), "\(text)")
    }
  }
}

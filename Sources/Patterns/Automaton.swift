/// A deterministic automaton as a table, for patterns that need no more than a small one.
final class Automaton: Sendable {
  private static let stateLimit = 512
  private static let workLimit = 100_000
  private static let tableLimit = 1 << 18
  private static let dead: UInt16 = 0
  private static let found: UInt16 = 1

  private struct State: Hashable {
    var threads: [Int]
    var before: Simulation.Before
  }

  private let alphabet: Alphabet
  private let width: Int
  private let table: [UInt16]

  /// Builds the table; nil if it would grow beyond the limits.
  init?(_ start: Simulation, _ alphabet: Alphabet) {
    let width = alphabet.count + 1
    var simulation = start
    var numbers: [State: UInt16] = [:]
    var states = [State(threads: [0], before: .start)]
    numbers[states[0]] = 2
    var table = [UInt16](repeating: Self.dead, count: width)
    table += [UInt16](repeating: Self.found, count: width)
    var current = 0
    while current < states.count {
      let isSmall = states.count <= Self.stateLimit && table.count <= Self.tableLimit
      guard isSmall, simulation.work <= Self.workLimit else { return nil }
      for symbol in 0..<width {
        var before = states[current].before
        guard let next = simulation.step(states[current].threads, &before, over: symbol) else {
          table.append(Self.found)
          continue
        }
        guard !next.isEmpty else {
          table.append(Self.dead)
          continue
        }
        let state = State(threads: next, before: before)
        if let number = numbers[state] {
          table.append(number)
        } else {
          let number = UInt16(states.count + 2)
          numbers[state] = number
          states.append(state)
          table.append(number)
        }
      }
      current += 1
    }
    self.alphabet = alphabet
    self.width = width
    self.table = table
  }

  func matches(_ text: Span<UInt8>) -> Bool {
    var state = 2
    var index = 0
    while index < text.count {
      let symbol = alphabet.next(in: text, at: &index)
      state = Int(table[state &* width &+ symbol])
      if state <= 1 { return state == 1 }
    }
    return table[state &* width &+ width &- 1] == Self.found
  }
}

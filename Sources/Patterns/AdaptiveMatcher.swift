internal import Synchronization

/// Simulates at first and builds a table once the pattern turns out to be used often.
///
/// A process that checks one event must not pay for a table that it uses once.
final class AdaptiveMatcher: Matcher {
  /// Matches after which a table pays.
  private static let patience = 16

  private let simulation: Simulation
  private let alphabet: Alphabet
  private let matches = Atomic<Int>(0)
  // No `AtomicLazyReference`: each load of it looks metadata up.
  private let table = Mutex<Automaton?>(nil)

  init(_ simulation: Simulation, _ alphabet: Alphabet) {
    self.simulation = simulation
    self.alphabet = alphabet
  }

  func matches(_ text: Span<UInt8>) -> Bool {
    if let table = table.withLock({ $0 }) { return table.matches(text) }
    // Only one caller sees this number; if the table would be too large, nobody tries again.
    if matches.wrappingAdd(1, ordering: .relaxed).newValue == Self.patience,
      let built = Automaton(simulation, alphabet)
    {
      table.withLock { $0 = built }
      return built.matches(text)
    }
    var simulation = simulation
    return simulation.matches(text)
  }
}

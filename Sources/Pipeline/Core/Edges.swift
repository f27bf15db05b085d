package import Events

/// The states of one kind of thing and the ways between them.
///
/// Raw values are stored: never renumber.
package protocol Lifecycle: RawRepresentable<UInt8>, CaseIterable, Hashable, Sendable
where AllCases: RandomAccessCollection {
  /// What goes through these states, for help and messages.
  static var thing: String { get }
  /// The state before the first event; its raw value is 0.
  static var absent: Self { get }
  static var edges: Edges<Self> { get }
  /// The state's name as people see it.
  var name: String { get }
}

extension Lifecycle {
  package var name: String { "\(self)" }

  /// The states that may follow.
  package var next: [Self] { next(by: Self.edges) }

  /// The states that may follow by a table that settings chose.
  package func next(by edges: Edges<Self>) -> [Self] {
    Self.allCases.filter { edges.allow(self, $0) }
  }

  package func canBecome(_ other: Self) -> Bool { Self.edges.allow(self, other) }

  /// The state of this name; nil when there is none, and for the time before the first event.
  package init?(named name: String?) {
    guard let found = Self.allCases.first(where: { $0 != .absent && $0.name == name }) else {
      return nil
    }
    self = found
  }

  /// The name, or nil before the first event.
  package var nameIfPresent: String? { self == .absent ? nil : name }

  /// Refuses a step that is not in the table, and names those that are.
  package func mustAllow(
    _ other: Self, _ name: Name, by edges: Edges<Self> = Self.edges
  ) throws(LogError) {
    if !edges.allow(self, other) { throw refusal(of: other, name, by: edges) }
  }

  /// The error that says where the thing is and where it could go.
  package func refusal(
    of other: Self, _ name: Name, by edges: Edges<Self> = Self.edges
  ) -> LogError {
    let message =
      self == .absent
      ? "\(name) does not exist" : "\(name) is \(self.name) and can't become \(other.name)"
    return LogError(.rejected, message, allowed: next(by: edges).map(\.name))
  }

  /// Refuses something that needs another state than this one, or that something else stands in
  /// the way of.
  ///
  /// - Parameter other: the state that it would have led to: not one of those that are allowed.
  package func refusal(
    _ message: String, without other: Self? = nil, by edges: Edges<Self> = Self.edges
  ) -> LogError {
    LogError(.rejected, message, allowed: next(by: edges).filter { $0 != other }.map(\.name))
  }

  /// Refuses unless the thing is in one of these states.
  package func mustBe(
    _ states: [Self], to deed: String, _ name: Name, by edges: Edges<Self> = Self.edges
  ) throws(LogError) {
    if states.contains(self) { return }
    throw refusal(
      self == .absent ? "\(name) does not exist" : "\(name) is \(self.name) and can't \(deed)",
      by: edges)
  }
}

/// Which state may follow which: one bit for each pair.
package struct Edges<State: Lifecycle>: Sendable {
  private let masks: [UInt32]

  package init(_ rows: KeyValuePairs<State, [State]>) {
    var masks = [UInt32](repeating: 0, count: 32)
    for (from, targets) in rows {
      for to in targets { masks[Int(from.rawValue & 31)] |= 1 << UInt32(to.rawValue & 31) }
    }
    self.masks = masks
  }

  package func allow(_ from: State, _ to: State) -> Bool {
    masks[Int(from.rawValue & 31)] & 1 << UInt32(to.rawValue & 31) != 0
  }
}

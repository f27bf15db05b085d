/// What the log itself says about an event.
package struct EventFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  // The library's own for these are generic: not specialised in other modules, and for one of them
  // the runtime searches all conformances.

  package init() { rawValue = 0 }

  package init(arrayLiteral elements: EventFlags...) {
    self.init(rawValue: elements.reduce(0) { $0 | $1.rawValue })
  }

  package func contains(_ flags: EventFlags) -> Bool {
    rawValue & flags.rawValue == flags.rawValue
  }

  package func union(_ flags: EventFlags) -> EventFlags {
    EventFlags(rawValue: rawValue | flags.rawValue)
  }

  package mutating func formUnion(_ flags: EventFlags) {
    self = union(flags)
  }

  /// Came in by an import: judged, not refused.
  package static let imported = EventFlags(rawValue: 1)
  /// Came after its worker's end: counted, changes no lifecycle state.
  package static let late = EventFlags(rawValue: 2)
  /// Appended by the log because of another event.
  package static let reaction = EventFlags(rawValue: 4)
  /// Holds a marker where a secret was.
  package static let masked = EventFlags(rawValue: 8)

  private static let names: [(EventFlags, String)] = [
    (.imported, "imported"), (.late, "late"), (.reaction, "reaction"), (.masked, "masked"),
  ]

  /// The names of the flags that are set.
  package var names: [String] { Self.names.filter { contains($0.0) }.map(\.1) }
}

/// How much an event matters to somebody who reads.
package enum Severity: UInt8, Sendable, CaseIterable {
  case debug, info, warning, error, critical

  package init?(_ name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  package var name: String { "\(staticName)" }

  /// The name, without making a string.
  package var staticName: StaticString {
    switch self {
    case .debug: "debug"
    case .info: "info"
    case .warning: "warning"
    case .error: "error"
    case .critical: "critical"
    }
  }
}

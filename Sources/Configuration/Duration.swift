package import Events

/// A length of time as people write it: `200ms`, `5s`, `2m`, `1h`, `7d`.
package struct Duration: Hashable, Sendable {
  package var nanoseconds: Int64

  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
  ]

  /// Nil when the text is no length of time or does not fit.
  package init?(_ text: String) {
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty, let number = Int64(Substring(digits)),
      let unit = Self.units.first(where: {
        $0.name.utf8.elementsEqual(text.utf8.dropFirst(digits.count))
      })
    else { return nil }
    let (value, overflow) = number.multipliedReportingOverflow(by: unit.nanoseconds)
    guard !overflow else { return nil }
    nanoseconds = value
  }

  /// Parses a value of an option, or says what it should look like.
  package static func parse(_ text: String, option: String) throws(LogError) -> Duration {
    if let duration = Duration(text) { return duration }
    throw LogError(
      .usage, "\(option) \"\(text)\" is no length of time", expected: "like 200ms, 5s, 2m or 1h")
  }
}

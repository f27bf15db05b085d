internal import Bytes
internal import Configuration
internal import Events

/// A place in the log as people name it: a position or a moment.
enum TimeOrPosition: Hashable, Sendable {
  case position(Position)
  case time(Timestamp)

  /// Reads a position (`4200`), a moment (`2026-11-22T15:04:05Z`), a day (`2026-11-22`, from its
  /// first moment in UTC) or a time before `now` (`-10m`); nil when it is none of them.
  init?(_ text: String, now: Timestamp) {
    if text.utf8.first == 0x2D {
      guard let ago = Duration(String(text.dropFirst())) else { return nil }
      self = .time(now.advanced(by: -ago.nanoseconds))
    } else if text.utf8.count <= 20, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt64(text)
    {
      self = .position(Position(number))
    } else if let time = Timestamp(text) {
      self = .time(time)
    } else if text.utf8.count == 10, let day = Timestamp(text + "T00:00:00Z") {
      self = .time(day)
    } else if let far = Timestamp(nearEndOf: text) {
      self = .time(far)
    } else {
      return nil
    }
  }

  /// Parses a value of an option, or says what it should look like.
  static func parse(_ text: String, option: String, now: Timestamp) throws(LogError) -> Self {
    if let place = TimeOrPosition(text, now: now) { return place }
    throw LogError(
      .usage, "\(option) \"\(text)\" is neither a position nor a time",
      expected: "like 4200, 2026-11-22, 2026-11-22T15:04:05Z or -10m")
  }
}

internal import Bytes
internal import Engine
internal import Events

/// Values of options and arguments: a wrong one is an error of the command line, whatever it would
/// be in a draft.
extension ULID {
  /// Parses the value of an option such as `--run`.
  static func parse(_ text: String, option: String) throws(LogError) -> ULID {
    do throws(LogError) { return try parse(text, field: option) } catch {
      var wrong = error
      wrong.code = .usage
      wrong.pointer = nil
      throw wrong
    }
  }
}

extension Timestamp {
  /// Parses the value of an option such as `--ts`.
  static func parse(_ text: String, option: String) throws(LogError) -> Timestamp {
    if let time = Timestamp(text) { return time }
    throw LogError(
      .usage, "\(option) \"\(text)\" is no time", expected: "RFC 3339, like 2026-11-22T15:04:05Z")
  }
}

extension EventReference {
  /// Parses what names an event.
  static func parse(_ text: String) throws(LogError) -> EventReference {
    if let reference = EventReference(text) { return reference }
    throw LogError(
      .usage, "\"\(text)\" is neither a position nor an id",
      expected: "a number from 1, or a ULID of 26 characters",
      actual: "\(text.utf8.count) characters")
  }
}

internal import Bytes
internal import Engine
internal import Events

/// Values of options and arguments: a wrong one is an error of the command line, whatever it would
/// be in a draft.
extension ULID {
  /// Parses the value of an option such as `--run`.
  static func parse(_ text: String, option: String) throws(LogError) -> ULID {
    do throws(LogError) { return try parse(text, field: option) } catch {
      throw error.asUsage
    }
  }
}

extension Timestamp {
  /// Parses the value of an option such as `--ts`.
  static func parse(_ text: String, option: String) throws(LogError) -> Timestamp {
    do throws(LogError) { return try parse(text, field: option) } catch {
      throw error.asUsage
    }
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

extension LogError {
  /// What is wrong in a draft is, in an option, a wrong command line.
  fileprivate var asUsage: LogError {
    var error = self
    error.code = .usage
    error.pointer = nil
    return error
  }
}

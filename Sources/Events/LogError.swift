/// What went wrong with a log, in a form that both people and programs can act on.
package struct LogError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure; `Commands` maps each to an exit code.
  package enum Code: String, Sendable, CaseIterable {
    /// The command line or call is wrong.
    case usage
    /// The input is not JSON, not a draft, or over a limit.
    case badInput = "bad_input"
    /// The payload breaks its schema.
    case violation
    /// No event type has this name.
    case unknownType = "unknown_type"
    /// The state machine or a guard refuses the event.
    case rejected
    /// The id or key is taken by an event with other content.
    case idTaken = "id_taken"
    /// The stream is not at the expected revision.
    case conflict
    /// A budget is used up.
    case budget
    /// A secret was found where it may not be masked.
    case secret
    /// No such log, stream or event.
    case notFound = "not_found"
    /// Another process holds the log.
    case busy
    /// Another directory was put in the log's place. After a compaction it is opened and tried
    /// again; callers see this after a restore.
    case replaced
    /// The address space reserved for the file is used up; the log grows it and tries again, so
    /// callers never see this.
    case mapFull = "map_full"
    /// There is no room.
    case noSpace = "no_space"
    /// The commit failed in a way that leaves open whether it happened.
    case outcomeUnknown = "outcome_unknown"
    /// The log cannot be created or written.
    case cannotWrite = "cannot_write"
    /// Going on could lose data.
    case unsafe
    /// Stored bytes are not what was written.
    case corruption
    /// A signal asked to end.
    case interrupted
    /// The settings are wrong.
    case settings
    /// This program is too old for the log.
    case tooOld = "too_old"
    /// The system refused something else.
    case system
  }

  package var code: Code
  /// What was found, in a sentence without a final stop.
  package var message: String
  package var expected: String?
  package var actual: String?
  /// What would have been accepted.
  package var allowed: [String] = []
  /// The input line, 1-based, when the input has lines.
  package var line: Int?
  /// Where in the payload or draft.
  package var pointer: String?
  /// What to do next.
  package var hint: String?

  package init(
    _ code: Code, _ message: String, expected: String? = nil, actual: String? = nil,
    allowed: [String] = [], pointer: String? = nil, hint: String? = nil
  ) {
    self.code = code
    self.message = message
    self.expected = expected
    self.actual = actual
    self.allowed = allowed
    self.pointer = pointer
    self.hint = hint
  }

  /// The same error, of a line of the input.
  package func at(line: Int?) -> LogError {
    var located = self
    located.line = line
    return located
  }

  package var description: String {
    var text = message
    if let pointer, !pointer.isEmpty { text += " at \(pointer)" }
    if let expected { text += "; expected \(expected)" }
    if let actual { text += ", found \(actual)" }
    if !allowed.isEmpty { text += "; allowed: \(allowed.joined(separator: ", "))" }
    if let hint { text += ". \(hint)" }
    return text
  }
}

internal import Bytes
internal import JSON
internal import Pipeline
internal import Runner

/// How the last command of a step ended, as its event keeps it.
struct CommandRecord {
  let command: String
  let exitCode: Int32
  let milliseconds: Int64
  let output: String

  private static let excerptScalarCount = 2048

  /// - Parameter start: when the step began, in monotonic nanoseconds.
  init(_ command: String, _ result: GitCommand.Result, since start: Int64) {
    self.command = command
    exitCode = result.code
    milliseconds = max(0, MonotonicTime.nanoseconds() - start) / 1_000_000
    output = result.output + result.errors
  }

  init(_ command: String, _ outcome: ToolOutcome) {
    self.command = command
    exitCode = outcome.exitCode ?? -1
    milliseconds = outcome.durationMilliseconds
    output = outcome.outputHead + outcome.outputTail + (outcome.failure ?? "")
  }

  /// The member `outcome` of an event.
  func write(to writer: inout JSONWriter) {
    writer.key("outcome")
    writer.beginObject()
    writer.member("command", command)
    writer.member("exit_code", Int64(exitCode))
    writer.member("duration_ms", milliseconds)
    if !output.isEmpty {
      writer.member("output_head", output.cut(toScalars: Self.excerptScalarCount))
    }
    if output.unicodeScalars.count > Self.excerptScalarCount {
      let rest = output.unicodeScalars.dropFirst(Self.excerptScalarCount)
      writer.member("output_tail", String(Substring(rest.suffix(Self.excerptScalarCount))))
    }
    writer.endObject()
  }

  /// What went wrong, in git's words.
  var complaint: String {
    let lines = output.split(separator: "\n").map { line in
      ["error: ", "fatal: "].first { line.hasPrefix($0) }.map { line.dropFirst($0.count) } ?? line
    }
    guard !lines.isEmpty else { return "\(command) ended with \(exitCode)" }
    return lines.prefix(8).joined(separator: "; ").cut(toScalars: 1024)
  }
}

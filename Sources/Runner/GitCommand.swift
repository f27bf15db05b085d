internal import Bytes
internal import Glibc

/// A git command that ends soon and prints little.
package enum GitCommand {
  private static let outputByteCountMax = 16 << 20
  private static let pauseMilliseconds: Int32 = 10
  private static let waitNanoseconds: Int64 = 5_000_000_000

  package struct Result: Sendable {
    package let code: Int32
    /// What it printed, at most 16 MiB of it.
    package let bytes: [UInt8]
    /// The first 4 KiB of its complaints.
    package let errors: String

    /// What it printed, as text.
    package var output: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// Runs it, whatever becomes of it; throws when it can't be started and when a signal ends it.
  ///
  /// - Parameter index: the file of what is staged, if it is not to be the work tree's own.
  package static func run(
    in repository: String, _ arguments: [String], index: String? = nil
  ) throws(RunnerError) -> Result {
    try patiently { () throws(RunnerError) in
      try runOnce(in: repository, arguments, index: index)
    } complaint: {
      $0.errors
    }
  }

  /// Runs git again as long as it stumbles over a work tree that is being made or removed.
  ///
  /// Many commands look at all work trees of a repository, and git locks none of them: it gives up
  /// at one whose files are not all written yet, before it has done anything.
  static func patiently<Outcome, Failure>(
    _ body: () throws(Failure) -> Outcome, complaint: (Outcome) -> String
  ) throws(Failure) -> Outcome {
    let start = MonotonicTime.nanoseconds()
    while true {
      let outcome = try body()
      let text = complaint(outcome)
      guard text.contains("failed to read"), text.contains("/commondir"),
        MonotonicTime.nanoseconds() - start < waitNanoseconds
      else { return outcome }
      poll(nil, 0, pauseMilliseconds)
    }
  }

  static func runOnce(
    in repository: String, _ arguments: [String], index: String? = nil
  ) throws(RunnerError) -> Result {
    var environment = GitLog.environment
    if let index { environment["GIT_INDEX_FILE"] = index }
    var process = try ChildProcess(
      "git", ["-C", repository] + arguments, environment: environment)
    var text: [UInt8] = []
    while text.count < outputByteCountMax {
      let more = try process.read(1 << 12)
      if more.isEmpty { break }
      text += more
    }
    let (code, errors) = try process.finish()
    guard code >= 0 else {
      var error = RunnerError(
        program: "git", message: "was ended by signal \(-code)", isMissing: false)
      error.signal = -code
      throw error
    }
    return Result(code: code, bytes: text, errors: errors)
  }

  /// What it printed; throws when it failed.
  package static func output(
    in repository: String, _ arguments: [String], index: String? = nil
  ) throws(RunnerError) -> String {
    let result = try run(in: repository, arguments, index: index)
    guard result.code == 0 else {
      throw RunnerError(program: "git", message: result.errors, isMissing: false)
    }
    return result.output
  }
}

extension String {
  /// Without the line end that a program prints after its answer.
  var droppingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}

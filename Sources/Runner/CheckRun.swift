package import Checks
package import Diff
internal import Glibc

/// Runs checks in a work tree.
package struct CheckRun: Sendable {
  private let directory: String
  private let environment: [String: String?]
  /// Asked several times a second; true ends the running check and skips the rest.
  package var isCancelled: @Sendable () -> Bool = { false }

  /// Variables with these beginnings are kept from the checks: another repository must not stand
  /// in for the work tree, and the log is none of their business.
  private static let hiddenPrefixes = ["GIT_", "UETLOG"]

  static func isHidden(_ variable: String) -> Bool {
    hiddenPrefixes.contains(where: variable.hasPrefix)
  }

  /// - Parameters:
  ///   - directory: the top of the work tree.
  ///   - secrets: names of variables that the checks must not see.
  ///   - changes: other changes to this process's environment, which come last.
  package init(
    in directory: String, hiding secrets: [String], environment changes: [String: String?] = [:]
  ) {
    self.directory = directory
    var environment: [String: String?] = [
      "NO_COLOR": "1", "OLDPWD": nil, "PWD": directory,
      "POWERSHELL_TELEMETRY_OPTOUT": "1", "POWERSHELL_UPDATECHECK": "Off",
      // Nothing is left behind in the work tree.
      "PYTHONDONTWRITEBYTECODE": "1",
    ]
    ChildProcess.forEachVariable { variable in
      let name = String(decoding: variable.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
      if Self.isHidden(name) { environment.updateValue(nil, forKey: name) }
    }
    for name in secrets { environment.updateValue(nil, forKey: name) }
    self.environment = environment.merging(changes) { $1 }
  }

  /// What is to be run for these changed paths.
  package func plan(_ checks: [Check], changedPaths: [DiffPath]) -> CheckPlan {
    CheckPlan(checks, changedPaths: changedPaths, isRegularFile: isRegularFile)
  }

  /// Whether the program of a check can be found.
  package func isInstalled(_ check: Check) -> Bool {
    guard let program = check.command.first else { return false }
    return ProgramPath.find(program, in: directory, environment: environment) != nil
  }

  /// Runs all checks, one after the other, also when one fails.
  ///
  /// - Parameter requiresTests: whether the policy asks for tests: then those that are planned must
  ///   run, and a program that finds none does not pass.
  package func run(_ plan: CheckPlan, requiresTests: Bool) -> CheckResults {
    var outcomes: [CheckOutcome] = []
    for planned in plan.checks {
      if isCancelled() { break }
      outcomes.append(run(planned, requiresTests: requiresTests))
    }
    return CheckResults(outcomes, requiresTests: requiresTests, wasInterrupted: isCancelled())
  }

  private func run(_ planned: PlannedCheck, requiresTests: Bool) -> CheckOutcome {
    let check = planned.check
    let words = planned.commands.first?.words ?? []
    var outcome = CheckOutcome(
      of: check, command: ShellWords.text(words), requiresTests: requiresTests)
    var excerpt = OutputExcerpt()
    var left = check.timeoutMilliseconds
    for command in planned.commands {
      var environment = self.environment
      if let variable = command.variable { environment[variable.name] = variable.value }
      var tool = ToolRun(
        command.words, in: directory, environment: environment, timeoutMilliseconds: left)
      tool.isCancelled = isCancelled
      let ended = tool.run(into: &excerpt)
      left = max(0, left - ended.durationMilliseconds)
      outcome.take(ended, of: check)
      if !outcome.passed { break }
    }
    outcome.head = excerpt.head
    outcome.tail = excerpt.tail
    return outcome
  }

  private func isRegularFile(_ path: DiffPath) -> Bool {
    var status = stat()
    let bytes = Array((directory + "/").utf8) + path.bytes + [0]
    return unsafe bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return false }
      return unsafe lstat(start.assumingMemoryBound(to: CChar.self), &status) == 0
        && status.st_mode & S_IFMT == S_IFREG
    }
  }
}

extension CheckOutcome {
  /// Takes over how one of the check's commands ended.
  fileprivate mutating func take(_ ended: ToolOutcome, of check: Check) {
    command = ended.command
    exitCode = ended.exitCode
    passed = false
    guard !ended.isMissing else {
      ran = false
      message = "is not run: \(check.command.first ?? "its program") is not installed"
      return
    }
    durationMilliseconds = (durationMilliseconds ?? 0) + ended.durationMilliseconds
    guard let code = ended.exitCode else {
      // That is the surroundings' fault, or that of the check: it says nothing of the patch.
      ran = false
      couldNotStart = true
      message = "can't be started: \(ended.failure ?? "")"
      return
    }
    if ended.timedOut {
      message = "did not end within \(Self.seconds(check.timeoutMilliseconds))"
    } else if ended.wasCancelled {
      message = "was interrupted"
    } else if check.acceptedCodes.contains(code) {
      passed = true
    } else if check.missingCodes.contains(code) {
      ran = false
      message = "is not run: a part of \(check.command.first ?? "its program") is not installed"
    } else if check.noTestsCodes.contains(code) {
      foundNoTests = true
      passed = !isRequired
      message = "found no tests"
    } else {
      message = code < 0 ? "was ended by signal \(-code)" : "failed with exit code \(code)"
    }
  }

  private static func seconds(_ milliseconds: Int64) -> String {
    milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
  }
}

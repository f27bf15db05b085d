package import Diff

/// Judges a patch by its text alone: format, limits, paths, scopes.
package struct PatchValidator {
  /// What is known of a patch beside its diff.
  package struct Context {
    package var format = "unified_diff"
    /// Whether an issue is named.
    package var hasIssue = false
    /// Whether the phase asks for ASCII.
    package var asciiOnly = false
    /// The scopes of the request and of the phase, as far as they are known.
    package var scopes: [ResourceScope] = []
    /// Their limits, beside those of the policy.
    package var limits: [Limit] = []

    /// How much a patch may change; nil for any number.
    package struct Limit: Sendable {
      let owner: String
      let lines: Int?
      let files: Int?

      package init(owner: String, lines: Int? = nil, files: Int? = nil) {
        self.owner = owner
        self.lines = lines
        self.files = files
      }
    }

    package init() {}
  }

  private let policy: EffectivePolicy
  private let context: Context

  package init(_ policy: EffectivePolicy, _ context: Context) {
    self.policy = policy
    self.context = context
  }

  /// Every problem of a diff.
  ///
  /// - Parameter text: the bytes that `diff` was parsed from.
  package func verdict(on diff: UnifiedDiff, in text: Span<UInt8>) -> Verdict {
    var verdict = Verdict()
    for fault in diff.faults {
      verdict.add(.init(.format, fault.code.rawValue, fault.message, line: fault.line))
    }
    judgeFormat(diff, &verdict)
    judgeLimits(diff, &verdict)
    for file in diff.files { judge(file, text, &verdict) }
    if policy.requiresIssue.value, !context.hasIssue {
      verdict.add(
        .init(.constraints, "issue_ref_missing", "the policy wants an issue named: issue_ref"))
    }
    return verdict
  }

  private func judgeFormat(_ diff: UnifiedDiff, _ verdict: inout Verdict) {
    if let allowed = policy.allowedFormats.value, !allowed.contains(context.format) {
      verdict.add(
        .init(
          .format, "format_not_allowed",
          "the format \(context.format) is not allowed; allowed: "
            + (allowed.isEmpty ? "none" : allowed.joined(separator: ", "))))
    }
    for file in diff.files where file.kind == .combined {
      verdict.add(
        .init(
          .format, DiffFault.Code.combined.rawValue,
          "\(file.path?.text ?? "") is the diff of a merge, which can't be applied: make a diff "
            + "against one parent", line: file.line))
    }
  }

  /// Limits are inclusive.
  private func judgeLimits(_ diff: UnifiedDiff, _ verdict: inout Verdict) {
    let files = diff.filesTouched.count
    let lines = diff.insertions + diff.deletions
    let ofPolicy = Context.Limit(
      owner: "the policy", lines: policy.linesMax.value, files: policy.filesMax.value)
    for limit in [ofPolicy] + context.limits {
      if let most = limit.files, files > most {
        verdict.add(
          .init(
            .scope, "too_many_files",
            "it touches \(files) files, at most \(most) are allowed by \(limit.owner)"))
      }
      if let most = limit.lines, lines > most {
        verdict.add(
          .init(
            .scope, "too_many_lines",
            "it changes \(lines) lines, at most \(most) are allowed by \(limit.owner)"))
      }
    }
  }

  private func judge(_ file: FileChange, _ text: Span<UInt8>, _ verdict: inout Verdict) {
    for path in file.touched {
      // Programs that read names by lines, and events, can't tell such a name from two.
      if path.bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        verdict.add(
          .init(
            .scope, "path_control", "the name \(path) has control characters", line: file.line))
      }
      for rule in policy.forbiddenPaths where rule.value.matchesFoldingCase(path) {
        verdict.add(
          .init(
            .constraints, "forbidden_path",
            "\(path) is forbidden by \"\(rule.value.text)\""
              + (rule.file.map { " of \($0)" } ?? ""), line: file.line))
      }
    }
    for scope in context.scopes {
      if let (path, reason) = scope.objection(to: file) {
        verdict.add(.init(.scope, "files_scope_violation", "\(path) \(reason)", line: file.line))
      }
    }
    judgeContents(file, text, &verdict)
  }

  private func judgeContents(_ file: FileChange, _ text: Span<UInt8>, _ verdict: inout Verdict) {
    let name = file.path?.text ?? ""
    if file.binary != nil, policy.forbidsBinary.value {
      verdict.add(
        .init(
          .constraints, "binary_forbidden", "\(name) is binary, which the policy forbids",
          line: file.line))
    }
    if file.oldMode == .submodule || file.newMode == .submodule {
      verdict.add(
        .init(
          .constraints, "submodule",
          "\(name) is a submodule: what it would bring in is not in the patch", line: file.line))
    }
    if file.newMode == .symlink, let target = PatchContents.firstAddedLine(file, text),
      PatchContents.leaves(target, from: file.newPath)
    {
      verdict.add(
        .init(
          .constraints, "symlink_outside",
          "\(name) is a symbolic link out of the repository, to \(DiffPath(target))",
          line: file.line))
    }
    if context.asciiOnly, let line = PatchContents.firstNonASCIILine(file, text) {
      verdict.add(
        .init(
          .constraints, "not_ascii",
          "\(name) gets bytes that are not ASCII, which its phase asks for", line: line))
    }
  }
}

extension EffectivePolicy {
  /// One value of the merged policy, under its name in the schema.
  package struct Entry: Sendable {
    package let name: String
    package let value: Value
    /// The file that set it; nil for the schema's default, or where nothing is asked for.
    package let file: String?

    package enum Value: Sendable {
      case unset
      case flag(Bool)
      case number(Int)
      case text(String)
    }
  }

  /// All eleven constraints in the schema's order; of lists an entry for each element.
  package var entries: [Entry] {
    [
      list("allowed_formats", (allowedFormats.value ?? []).map { ($0, allowedFormats.file) }),
      [entry("patch_required", .flag(patchRequired.value), patchRequired.file)],
      [number("max_lines_changed", linesMax.value, linesMax.file)],
      [number("max_files_changed", filesMax.value, filesMax.file)],
      [entry("forbid_binary_patches", .flag(forbidsBinary.value), forbidsBinary.file)],
      list("forbid_touching_paths", forbiddenPaths.map { ($0.value.text, $0.file) }),
      list("require_tests_for_paths", testedPaths.map { ($0.value.text, $0.file) }),
      [entry("require_issue_ref", .flag(requiresIssue.value), requiresIssue.file)],
      [entry("min_reviewers", .number(reviewersMin.value), reviewersMin.file)],
      [number("oscillation_window", oscillation.value?.window, oscillation.file)],
      [number("oscillation_threshold", oscillation.value?.threshold, oscillation.file)],
    ].flatMap { $0 }
  }

  private func entry(_ name: String, _ value: Entry.Value, _ file: String?) -> Entry {
    Entry(name: name, value: value, file: file)
  }

  private func number(_ name: String, _ value: Int?, _ file: String?) -> Entry {
    entry(name, value.map { .number($0) } ?? .unset, file)
  }

  private func list(_ name: String, _ values: [(String, String?)]) -> [Entry] {
    values.isEmpty ? [entry(name, .unset, nil)] : values.map { entry(name, .text($0.0), $0.1) }
  }
}

extension EffectivePolicy.Entry.Value: CustomStringConvertible {
  /// As people read it; empty when nothing is asked for.
  package var description: String {
    switch self {
    case .unset: ""
    case .flag(let flag): flag ? "true" : "false"
    case .number(let number): String(number)
    case .text(let text): text
    }
  }
}

internal import Bytes
internal import Diff
internal import Events
internal import Pipeline
internal import Policy

extension Engine {
  /// Whether a patch puts back what a committed one has changed, and does nothing else.
  ///
  /// That it says so is not enough: its bytes must be those of the other one's exact reverse.
  func restores(_ patch: StoredPatch) throws(LogError) -> Bool {
    guard let id = patch.takesBack.flatMap({ ULID($0) }) else { return false }
    var read = ReadPatch(id: id, wantsEvents: false)
    guard let other = try log.read(&read), other.state.status == .committed else { return false }
    let text = other.diffText
    return Diff.Reversal.bytes(of: UnifiedDiff(parsing: text.span), in: text.span) == patch.diffText
  }
}

extension Verdict {
  /// Without what the sizes of the policy object to.
  var withoutSizes: Verdict {
    var verdict = Verdict()
    for problem in problems where !["too_many_files", "too_many_lines"].contains(problem.code) {
      verdict.add(problem)
    }
    return verdict
  }
}

internal import Diff
internal import Policy
internal import Runner

extension PatchWorkflow {
  /// Why what git has made of a patch must not come into the repository; nil when it may.
  ///
  /// Its text was judged before. What counts is what it brings in: git may read more out of the
  /// text, and a change may make something else of a file that is there already.
  ///
  /// - Parameter index: the file of what is staged, if it is not the work tree's own.
  func objection(
    to way: PatchApplication, _ diff: UnifiedDiff, in text: [UInt8], on commit: String,
    index: String? = nil
  ) throws(RunnerError) -> Application.Failure? {
    let changes = try worktree.changes(from: commit, index: index)
    let result = try worktree.diff(from: commit, index: index)
    let made = UnifiedDiff(ofHistory: result.span)
    var wrong = diff.objection(to: changes, isMerged: way.isThreeWay)
    // A merge brings what is left to bring; no change at all is no diff.
    if wrong == nil, !way.isThreeWay, made.faults.isEmpty || result.isEmpty {
      wrong = diff.objection(in: text, to: made, in: result)
    }
    if let wrong {
      return .init(
        code: Application.disagreement,
        message: "git makes something else of the diff than its checks read: \(wrong)")
    }
    let submodule = changes.first {
      [$0.oldMode, $0.newMode].contains(FileMode.submodule.rawValue)
    }
    if let submodule {
      return .init(
        code: "E_SUBMODULE",
        message: "\(submodule.path) is a submodule: what it would bring in is not in the patch")
    }
    let links = changes.filter { $0.newMode == FileMode.symlink.rawValue }
    if links.isEmpty { return nil }
    return objection(to: links, made, in: result)
  }

  /// Links are judged by what they point to then, whole, by the rules for the text of a patch.
  private func objection(
    to links: [TreeChange], _ diff: UnifiedDiff, in text: [UInt8]
  ) -> Application.Failure? {
    let known = Set(diff.files.filter { $0.newMode == .symlink }.compactMap(\.newPath))
    guard let policy = try? EffectivePolicy(of: [], for: .init()), diff.faults.isEmpty,
      links.allSatisfy({ known.contains($0.path) })
    else {
      return .init(
        code: Application.disagreement, message: "what the links lead to can't be read")
    }
    let verdict = PatchValidator(policy, .init()).verdict(on: diff, in: text.span)
    return verdict.problems.first { $0.code == "symlink_outside" }.map {
      .init(code: "E_SYMLINK_OUTSIDE", message: $0.message)
    }
  }
}

internal import Glibc

/// A branch is to move forward to a commit that descends from where it stands, with the files of
/// the work tree in which it is checked out.
package struct BranchMove: Hashable, Sendable {
  /// Nil for what is checked out, without a branch.
  package var branch: String?
  /// Where it is thought to stand.
  package var tip: String
  package var commit: String
  /// The work tree whose files change; nil when the branch is checked out in none.
  package var place: String?
  /// The files that change, and that nobody else has changed before.
  package var paths: [String]

  package init(branch: String?, tip: String, commit: String, place: String?, paths: [String]) {
    self.branch = branch
    self.tip = tip
    self.commit = commit
    self.place = place
    self.paths = paths
  }
}

extension GitRepository {
  /// How an attempt to move a branch ended.
  package enum Advance: Sendable {
    case done
    /// It stands on another commit than it was thought to.
    case moved
    /// Git would not: files are in the way, it can't write, or a hook forbids it.
    case refused(GitCommand.Result)
  }

  /// What moving a branch will change.
  package func move(
    _ branch: String?, from tip: String, to commit: String
  ) throws(RunnerError) -> BranchMove {
    var move = BranchMove(
      branch: branch, tip: tip, commit: commit, place: try workTree(of: branch), paths: [])
    guard let place = move.place else { return move }
    let listing = try GitCommand.output(
      in: place, ["diff-tree", "-r", "-z", "--name-status", "--no-renames", tip, commit])
    let changed = Set(try GitRepository(at: place).changedFiles())
    let fields = listing.split(separator: "\0").map(String.init)
    for index in stride(from: 1, to: fields.count, by: 2) where !changed.contains(fields[index]) {
      // One that git does not know is the user's, whatever is in it.
      let isNew = fields[index - 1] == "A"
      if isNew, unsafe access(place + "/" + fields[index], F_OK) == 0 { continue }
      move.paths.append(fields[index])
    }
    return move
  }

  /// Moves the branch; where that comes to nothing all files are as before.
  ///
  /// - Parameters:
  ///   - script: a file with what `rehearsal` of the move says.
  ///   - index: a file to work in; it is removed.
  ///   - secrets: names of variables that hooks must not see.
  package func advance(
    _ move: BranchMove, script: String, index: String, hiding secrets: [String]
  ) throws(RunnerError) -> Advance {
    // Git changes the files first: that it may move the branch is asked before.
    let rehearsal = try rehearse(move, script, hiding: secrets)
    guard rehearsal.code == 0 else {
      return try tip(of: move.branch) == move.tip ? .refused(rehearsal) : .moved
    }
    let result: GitCommand.Result
    if let place = move.place {
      // Whatever the user's settings say of merges: nothing is stashed, squashed or left open.
      result = try GitCommand.run(
        in: place,
        PatchWorktree.quiet + [
          "merge", "--quiet", "--ff-only", "--no-autostash", "--no-squash", "--commit",
          "--no-verify-signatures", "--no-overwrite-ignore", move.commit,
        ])
    } else if let branch = move.branch {
      // Unlike `update-ref` it leaves a branch alone that is being rebased.
      result = try GitCommand.run(
        in: path,
        PatchWorktree.quiet + [
          "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
          "--no-auto-maintenance", ".", "\(move.commit):refs/heads/\(branch)",
        ])
    } else {
      return .moved
    }
    // What git says of itself is not enough: the branch tells.
    let now = try tip(of: move.branch)
    if now == move.tip, let place = move.place,
      try !Set(move.paths).isDisjoint(with: GitRepository(at: place).changedFiles())
    {
      try move.takeBack(index: index)
    }
    return now == move.commit ? .done : now == move.tip ? .refused(result) : .moved
  }

  /// Takes all locks that the move needs, asks the user's hook `reference-transaction`, and lets
  /// them go again.
  private func rehearse(
    _ move: BranchMove, _ script: String, hiding secrets: [String]
  ) throws(RunnerError) -> GitCommand.Result {
    var environment = GitLog.environment
    for name in secrets { environment.updateValue(nil, forKey: name) }
    var process = try ChildProcess(
      "git", ["-C", move.place ?? path, "-c", "core.fsmonitor=false", "update-ref", "--stdin"],
      environment: environment, input: script)
    let (code, errors) = try process.wait()
    return GitCommand.Result(code: code, bytes: [], errors: errors)
  }
}

extension BranchMove {
  /// What `git update-ref --stdin` is to do for it, and to leave.
  package var rehearsal: String {
    let name = place == nil ? branch.map { "refs/heads/" + $0 } ?? "HEAD" : "HEAD"
    return "start\nupdate \(name) \(commit) \(tip)\nprepare\nabort\n"
  }

  private static let pathCountMax = 200

  /// Puts back the files that an attempt which came to nothing has left.
  ///
  /// Those are as the commit has them, or missing. What somebody has changed since stays.
  ///
  /// - Parameter index: a file to work in; it is removed.
  package func takeBack(index: String) throws(RunnerError) {
    guard let place, !paths.isEmpty else { return }
    let old = try unchanged(since: tip, in: place, index)
    let new = try unchanged(since: commit, in: place, index)
    var rest = paths.filter { old.files.contains($0) || new.files.contains($0) }[...]
    while !rest.isEmpty {
      let some = Array(rest.prefix(Self.pathCountMax))
      rest = rest.dropFirst(Self.pathCountMax)
      let git = PatchWorktree.quiet + ["--literal-pathspecs"]
      _ = try GitCommand.output(in: place, git + ["reset", "--quiet", tip, "--"] + some)
      let kept = some.filter { old.all.contains($0) }
      if !kept.isEmpty {
        _ = try GitCommand.output(in: place, git + ["checkout-index", "-f", "-q", "--"] + kept)
      }
      let gone = some.filter { !old.all.contains($0) }
      if !gone.isEmpty {
        _ = try GitCommand.output(in: place, git + ["clean", "-f", "-q", "-x", "--"] + gone)
      }
    }
  }

  /// The files of a commit, and those of them that are as it has them, or missing.
  private func unchanged(
    since commit: String, in place: String, _ index: String
  ) throws(RunnerError) -> (all: Set<String>, files: Set<String>) {
    defer { unsafe unlink(index) }
    _ = try GitCommand.output(in: place, ["read-tree", commit], index: index)
    _ = try GitCommand.run(
      in: place, PatchWorktree.quiet + ["update-index", "-q", "--refresh"], index: index)
    let changed = try GitCommand.output(
      in: place, ["diff-files", "--name-only", "-z", "--diff-filter=MT"], index: index)
    let listing = try GitCommand.output(in: place, ["ls-files", "-z"], index: index)
    let all = Set(listing.split(separator: "\0").map(String.init))
    return (all, all.subtracting(changed.split(separator: "\0").map(String.init)))
  }
}

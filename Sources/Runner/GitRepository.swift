internal import Glibc

/// A repository on disk, asked by short git commands.
package struct GitRepository: Sendable {
  /// The top of its work tree, without links.
  package let path: String

  /// Finds the work tree around a directory.
  ///
  /// Throws when git is missing or there is none.
  package init(around directory: String) throws(RunnerError) {
    path = try GitCommand.output(in: directory, ["rev-parse", "--show-toplevel"]).droppingLineEnd
  }

  /// The one whose work tree, or git directory, is there; nothing is asked.
  package init(at path: String) { self.path = path }

  /// The branch that is checked out; nil when none is.
  package func branch() throws(RunnerError) -> String? {
    // Its short name would not be it where a tag has the same one.
    let name = try answer(["symbolic-ref", "-q", "HEAD"])
    return name?.hasPrefix("refs/heads/") == true ? name.map { String($0.dropFirst(11)) } : nil
  }

  /// The directory that all work trees of the repository share, without links.
  package func commonDirectory() throws(RunnerError) -> String {
    let found = try GitCommand.output(in: path, ["rev-parse", "--git-common-dir"]).droppingLineEnd
    return found.hasPrefix("/") ? found : path + "/" + found
  }

  /// The commit that is checked out; nil in a repository without one.
  package func head() throws(RunnerError) -> String? { try commit("HEAD") }

  /// The commit that a branch stands on, or what is checked out; nil when there is none.
  package func tip(of branch: String?) throws(RunnerError) -> String? {
    try commit(branch.map { "refs/heads/" + $0 } ?? "HEAD")
  }

  /// Whether a commit is part of what another one descends from.
  package func isCommit(_ ancestor: String, before commit: String) throws(RunnerError) -> Bool {
    try GitCommand.run(in: path, ["merge-base", "--is-ancestor", ancestor, commit]).code == 0
  }

  /// The digest of a file's content in a commit; nil when the commit has no such file.
  package func blob(of path: String, in commit: String) throws(RunnerError) -> String? {
    try answer(["rev-parse", "-q", "--verify", "\(commit):\(path)"])
  }

  /// Whether the repository has an object, named by a digest or its beginning.
  package func has(_ digest: String) throws(RunnerError) -> Bool {
    try GitCommand.run(in: path, ["cat-file", "-e", digest]).code == 0
  }

  /// The commits of a history that have a trailer with a value, the newest first.
  ///
  /// - Parameter base: where to stop looking; nil to look through all of it.
  package func commits(
    withTrailer name: String, _ value: String, in tip: String, since base: String?
  ) throws(RunnerError) -> [String] {
    // The text may stand anywhere in a message: only at its end it is a trailer.
    let found = try GitCommand.output(
      in: path,
      [
        "log", "--format=%H %(trailers:key=\(name),valueonly,separator=%x2C)", "--fixed-strings",
        "--grep=\(name): \(value)", base.map { "\($0)..\(tip)" } ?? tip, "--",
      ])
    return found.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ", maxSplits: 1)
      guard fields.count == 2, fields[1].split(separator: ",").contains(value[...]) else {
        return nil
      }
      return String(fields[0])
    }
  }

  /// The branches whose history has a commit; none when the repository does not know it.
  package func branches(with commit: String) throws(RunnerError) -> [String] {
    let found = try GitCommand.run(
      in: path, ["for-each-ref", "--contains", commit, "--format=%(refname)", "refs/heads/"])
    guard found.code == 0 else { return [] }
    return found.output.split(separator: "\n").map { String($0.dropFirst(11)) }
  }

  /// The tracked files that differ from what is checked out.
  package func changedFiles() throws(RunnerError) -> [String] {
    let listing = try GitCommand.output(
      in: path,
      [
        // Contents are compared, where only times differ: `diff-index` would not.
        "-c", "core.fsmonitor=false", "-c", "diff.autoRefreshIndex=true", "diff", "--name-only",
        "-z", "--no-renames", "--no-ext-diff", "HEAD", "--",
      ])
    return listing.split(separator: "\0").map(String.init)
  }

  /// The work tree in which a branch is checked out, or this one without a branch; nil when it is
  /// in none.
  package func workTree(of branch: String?) throws(RunnerError) -> String? {
    // Git takes the place of its own directory for that of a work tree, where they lie apart.
    guard let branch, try branch != self.branch() else { return path }
    let path = try GitCommand.output(
      in: path, ["for-each-ref", "--format=%(worktreepath)", "refs/heads/" + branch]
    ).droppingLineEnd
    return path.isEmpty ? nil : path
  }

  /// The file by which a git keeps others from what is staged; nil when there is none.
  package func indexLock() throws(RunnerError) -> String? {
    let found = try GitCommand.output(in: path, ["rev-parse", "--git-path", "index.lock"])
      .droppingLineEnd
    let lock = found.hasPrefix("/") ? found : path + "/" + found
    return unsafe access(lock, F_OK) == 0 ? lock : nil
  }

  private func commit(_ name: String) throws(RunnerError) -> String? {
    try answer(["rev-parse", "-q", "--verify", name + "^{commit}"])
  }

  /// One line; nil when git ends with 1, by which it says that there is none.
  private func answer(_ arguments: [String]) throws(RunnerError) -> String? {
    let result = try GitCommand.run(in: path, arguments)
    switch result.code {
    case 0: return result.output.droppingLineEnd
    case 1: return nil
    default: throw RunnerError(program: "git", message: result.errors, isMissing: false)
    }
  }
}

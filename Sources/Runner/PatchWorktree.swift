/// A work tree of its own, beside those that people work in, for one patch: it is applied, checked
/// and committed there, and nobody's files change before that.
package struct PatchWorktree: Sendable {
  package let repository: GitRepository
  /// Where it is, or will be.
  package let path: String

  package init(_ repository: GitRepository, path: String) {
    self.repository = repository
    self.path = path
  }

  /// The commit that is checked out in it; nil when it is not there, or was not finished.
  package func base() -> String? {
    // Asked from inside of it: a directory that is no work tree must not be taken for one, only
    // because it lies in a repository.
    guard let top = try? output(["rev-parse", "--show-toplevel"]),
      top.droppingLineEnd.hasSuffix("/" + name),
      let head = try? output(["rev-parse", "-q", "--verify", "HEAD^{commit}"])
    else { return nil }
    return head.droppingLineEnd
  }

  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Makes it anew, with the files of a commit; whatever is there is removed.
  package func make(at commit: String) throws(RunnerError) {
    try remove()
    _ = try GitCommand.output(
      in: repository.path,
      Self.plain + ["worktree", "add", "--force", "--detach", "--quiet", path, commit])
  }

  /// Runs git in it, whatever the user has set.
  ///
  /// - Parameter index: the file of what is staged, if it is not to be the work tree's own.
  func git(
    _ arguments: [String], index: String? = nil
  ) throws(RunnerError) -> GitCommand.Result {
    try GitCommand.run(in: path, Self.plain + arguments, index: index)
  }

  /// What git printed there; throws when it failed.
  func output(_ arguments: [String], index: String? = nil) throws(RunnerError) -> String {
    try GitCommand.output(in: path, Self.plain + arguments, index: index)
  }

  /// The digest of what is staged in it, which is what a commit would hold.
  package func stagedTree() throws(RunnerError) -> String {
    try output(["write-tree"]).droppingLineEnd
  }

  /// The digest of the files of a commit.
  package func tree(of commit: String) throws(RunnerError) -> String {
    try output(["rev-parse", commit + "^{tree}"]).droppingLineEnd
  }

  /// Whether its tracked files are those that are staged.
  package func isClean() throws(RunnerError) -> Bool {
    // Files are looked at even where somebody has told git that they don't change.
    guard try git(["update-index", "--really-refresh"]).code == 0 else { return false }
    return try git(["diff-files", "--quiet"]).code == 0
  }

  /// Whether it has files that git does not know, ignored ones too.
  package func hasOtherFiles() throws(RunnerError) -> Bool {
    try !git(["ls-files", "--others", "--directory"]).bytes.isEmpty
  }

  /// Commits what is staged, with the user's name and key; hooks run, and are ended in time.
  ///
  /// - Parameter secrets: names of variables that hooks must not see.
  package func commit(
    messageFile: String, hiding secrets: [String], isCancelled: @escaping @Sendable () -> Bool
  ) -> ToolOutcome {
    let words =
      ["git", "-C", path] + Self.settings + [
        "commit", "--quiet", "--allow-empty", "--cleanup=whitespace", "--file=" + messageFile,
      ]
    var environment = GitLog.environment
    for name in secrets { environment.updateValue(nil, forKey: name) }
    var run = ToolRun(
      words.map { Array($0.utf8) }, in: path, environment: environment,
      timeoutMilliseconds: Self.commitMillisecondsMax)
    run.isCancelled = isCancelled
    return GitCommand.patiently {
      run.run()
    } complaint: {
      $0.outputHead
    }
  }

  private static let commitMillisecondsMax: Int64 = 600_000

  /// The first parent of a commit; nil when it has none.
  package func parent(of commit: String) throws(RunnerError) -> String? {
    let result = try git(["rev-parse", "-q", "--verify", commit + "^1"])
    return result.code == 0 ? result.output.droppingLineEnd : nil
  }

  /// All files are there, even where a work tree of the user's has a part of them; they are looked
  /// at, and by git itself; a patch is taken to the letter.
  private static let settings = [
    "core.sparseCheckout=false", "core.fsmonitor=false", "core.ignoreStat=false",
    "core.trustctime=true", "core.checkStat=default", "apply.whitespace=nowarn",
    "apply.ignoreWhitespace=no",
  ].flatMap { ["-c", $0] }

  /// The same without hooks: those of the user's are for what the user does.
  static let plain = ["-c", "core.hooksPath=/dev/null"] + settings

  /// What is run in a work tree of the user's, which may have a part of the files.
  static let quiet = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"]
}

package import Diff
internal import Glibc

/// How `git apply` is to take a patch.
package struct PatchApplication: Sendable {
  /// The file with the diff.
  package let file: String
  /// How many leading components git has to take off the paths: 1 for `a/` and `b/`, 0 without.
  package let strip: Int
  /// Whether to merge where the context does not fit, with the contents that the diff names.
  package let isThreeWay: Bool

  package init(file: String, strip: Int, isThreeWay: Bool) {
    self.file = file
    self.strip = strip
    self.isThreeWay = isThreeWay
  }

  fileprivate var options: [String] { ["--whitespace=nowarn", "-p\(strip)", "--", file] }
}

extension PatchWorktree {
  /// What a diff does to which files, as git reads it; nil when it can't.
  package func files(of file: String, strip: Int) throws(RunnerError) -> [GitFile]? {
    let result = try git(["apply", "--numstat", "-z", "-p\(strip)", "--", file])
    guard result.code == 0 else { return nil }
    var files: [GitFile] = []
    for entry in result.bytes.split(separator: 0) {
      let fields = entry.split(
        separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      let counts = fields.prefix(2).map { String(decoding: $0, as: UTF8.self) }
      files.append(
        GitFile(
          path: DiffPath(fields[2]), insertions: Int(counts[0]) ?? 0,
          deletions: Int(counts[1]) ?? 0, isBinary: counts.contains("-")))
    }
    return files
  }

  /// Whether the patch is there already, in the very places that it names: what it does could be
  /// taken back there.
  ///
  /// - Parameter text: what `diff` was parsed from, and what is in the file of the patch.
  package func has(
    _ patch: PatchApplication, _ diff: UnifiedDiff, in text: [UInt8]
  ) throws(RunnerError) -> Bool {
    let check = try git(["apply", "--index", "--check", "--reverse"] + patch.options)
    guard check.code == 0 else { return false }
    // Git would also take back the same lines somewhere else, which say nothing of these.
    for file in diff.files {
      guard let path = file.newPath else { continue }
      guard let entry = try entry(of: path) else { return false }
      if let mode = file.newMode, mode != file.oldMode, mode.rawValue != entry.mode { return false }
      guard !file.hunks.isEmpty else { continue }
      let content = try git(["cat-file", "blob", entry.blob])
      guard content.code == 0,
        file.hunks.allSatisfy({ $0.isThere(in: content.bytes, text) })
      else { return false }
    }
    return true
  }

  /// What is staged of a path; nil when there is nothing, and for names that are no text.
  private func entry(of path: DiffPath) throws(RunnerError) -> (mode: String, blob: String)? {
    guard let name = String(validating: path.bytes, as: UTF8.self) else { return nil }
    let line = try output(["ls-files", "--stage", "-z", "--", ":(literal)" + name])
    let fields = line.prefix { $0 != "\t" }.split(separator: " ")
    return fields.count == 3 ? (String(fields[0]), String(fields[1])) : nil
  }

  /// Whether it could be applied.
  ///
  /// Exit code 1 says that it does not fit, any other but 0 that git can't tell.
  package func check(_ patch: PatchApplication) throws(RunnerError) -> GitCommand.Result {
    try git(["apply", "--index", "--check"] + patch.options)
  }

  /// Applies it to the files and to what is staged, all of it or nothing.
  package func apply(_ patch: PatchApplication) throws(RunnerError) -> GitCommand.Result {
    let way = patch.isThreeWay ? ["--3way"] : ["--index"]
    return try git(["apply"] + way + patch.options)
  }

  /// Whether a merge has left places that contradict each other.
  package func hasConflicts() throws(RunnerError) -> Bool {
    try !git(["ls-files", "--unmerged"]).bytes.isEmpty
  }

  /// Whether git can store what it is given in a file.
  package func canStore(_ file: String) throws(RunnerError) -> Bool {
    try git(["hash-object", "-w", "--no-filters", "--", file]).code == 0
  }

  /// The digest of the files that a commit has with the patch on top; nil when it does not fit.
  ///
  /// Worked out beside the work tree, whatever is in that.
  ///
  /// - Parameters:
  ///   - index: a file to work in; it is removed.
  ///   - isWanted: looks at what is staged there before the digest is told; false gives nil.
  package func tree(
    of commit: String, with patch: PatchApplication, index: String,
    where isWanted: () throws(RunnerError) -> Bool
  ) throws(RunnerError) -> String? {
    defer { unsafe unlink(index) }
    // One that a killed git has left: who holds the patch works with this file alone.
    unsafe unlink(index + ".lock")
    _ = try output(["read-tree", commit], index: index)
    let way = patch.isThreeWay ? ["--3way", "--cached"] : ["--cached"]
    let applied = try git(["apply"] + way + patch.options, index: index)
    guard applied.code == 0, try isWanted() else { return nil }
    return try output(["write-tree"], index: index).droppingLineEnd
  }
}

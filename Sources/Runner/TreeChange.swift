package import Diff

/// A path at which what is staged differs from a commit; a renamed file is two of these.
package struct TreeChange: Hashable, Sendable {
  package let path: DiffPath
  /// As git writes it, `100644`; nil where there was nothing.
  package let oldMode: String?
  /// Nil where there is nothing now.
  package let newMode: String?

  package init(path: DiffPath, oldMode: String?, newMode: String?) {
    self.path = path
    self.oldMode = oldMode
    self.newMode = newMode
  }
}

extension PatchWorktree {
  /// What is staged differently from a commit, here or in the file of another index.
  package func changes(
    from commit: String, index: String? = nil
  ) throws(RunnerError) -> [TreeChange] {
    let listing = try git(
      Self.comparison + ["--raw", "-z", "--no-abbrev", commit, "--"], index: index)
    // A record, a path, and so on; each ends with a NUL.
    let fields = listing.bytes.split(separator: 0, omittingEmptySubsequences: false)
    guard listing.code == 0, fields.count % 2 == 1, fields.last?.isEmpty ?? false else {
      throw RunnerError(
        program: "git diff-index", message: "can't be read: \(listing.errors)", isMissing: false)
    }
    return stride(from: 0, to: fields.count - 1, by: 2).map { index in
      let modes = String(decoding: fields[index].dropFirst(), as: UTF8.self)
        .split(separator: " ").prefix(2).map { Int($0) == 0 ? nil : String($0) }
      return TreeChange(
        path: DiffPath(fields[index + 1]), oldMode: modes.first ?? nil, newMode: modes.last ?? nil)
    }
  }

  /// The same as a diff without context, as git makes it out of the contents; of what is longer
  /// than 16 MiB the beginning.
  package func diff(from commit: String, index: String? = nil) throws(RunnerError) -> [UInt8] {
    let listing = try git(
      Self.comparison + [
        "--patch", "--text", "--unified=0", "--full-index", "--no-ext-diff", "--no-textconv",
        "--no-color",
        "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", commit, "--",
      ], index: index)
    guard listing.code == 0 else {
      throw RunnerError(program: "git diff-index", message: listing.errors, isMissing: false)
    }
    return listing.bytes
  }

  private static let comparison = [
    "diff-index", "--cached", "--no-renames", "--ignore-submodules=none", "--no-relative",
  ]
}

extension UnifiedDiff {
  /// Why changes are not those that the diff tells of; nil when they are.
  ///
  /// - Parameter isMerged: whether a part of them may have been there before.
  package func objection(to changes: [TreeChange], isMerged: Bool) -> String? {
    let written = Dictionary(
      files.compactMap { file in file.newPath.map { ($0, file) } }, uniquingKeysWith: { $1 })
    let removed = Set(
      files.compactMap { file in
        file.kind == .delete || file.kind == .rename ? file.oldPath : nil
      })
    let before = Dictionary(changes.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    for change in changes {
      guard let file = written[change.path] else {
        if removed.contains(change.path), change.newMode == nil { continue }
        return "\(change.path) changes, which the diff does not tell of"
      }
      if let wrong = file.objection(
        to: change, before, isNew: !removed.contains(change.path) && !isMerged)
      {
        return wrong
      }
    }
    if isMerged { return nil }
    // What is there before and after may turn out to be the same.
    let missing =
      removed.filter { written[$0] == nil }.union(
        written.values.compactMap {
          $0.kind == .modify || $0.kind == .mode ? nil : $0.newPath
        }.filter { !removed.contains($0) }
      ).subtracting(before.keys)
    return missing.min().map { "\($0) does not change" }
  }
}

extension FileChange {
  /// Why a change of the path that is written is another one than this.
  ///
  /// - Parameter isNew: whether a file that is added can't have been there before.
  fileprivate func objection(
    to change: TreeChange, _ all: [DiffPath: TreeChange], isNew: Bool
  ) -> String? {
    let path = change.path
    guard let mode = change.newMode else { return "\(path) is deleted" }
    switch kind {
    case .add, .rename, .copy:
      if isNew, change.oldMode != nil { return "\(path) is written over" }
    case .modify, .mode, .delete, .combined:
      if change.oldMode == nil { return "\(path) is a new file" }
    }
    if newMode?.rawValue == mode { return nil }
    // One that the diff does not change stays what it is.
    if let old = oldMode, let new = newMode, old != new { return "\(path) gets the mode \(mode)" }
    let stays: Bool
    switch kind {
    case .add: stays = newMode == nil && mode == FileMode.regular.rawValue
    case .rename: stays = oldPath.flatMap { all[$0]?.oldMode } == mode
    // The file that is copied is no change.
    case .copy: stays = true
    case .modify, .mode, .delete, .combined: stays = change.oldMode == mode
    }
    return stays ? nil : "\(path) gets the mode \(mode)"
  }
}

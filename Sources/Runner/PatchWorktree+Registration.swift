internal import Glibc

/// What the repository knows of a work tree.
extension PatchWorktree {
  /// The directory where git keeps what it knows of the work tree; nil when it knows nothing.
  ///
  /// Each of these directories has a file that leads back: its name alone may be that of another
  /// work tree. One of our name without that file was left by a git that was killed.
  func registration() throws(RunnerError) -> String? {
    let folder = try repository.commonDirectory() + "/worktrees"
    for name in Self.names(in: folder) {
      let place = "\(folder)/\(name)"
      let back = try Self.text(of: place + "/gitdir")?.droppingLineEnd
      if Self.leads(back ?? "", from: place, to: path + "/.git") { return place }
      if name == self.name, back?.isEmpty ?? true { return place }
    }
    return nil
  }

  /// Removes what a killed git has left locked in it.
  ///
  /// Who calls this holds the patch: nobody else works there.
  package func removeLocks() throws(RunnerError) {
    guard Self.exists(path), let place = try registration() else { return }
    for name in Self.names(in: place) where name.hasSuffix(".lock") {
      unsafe unlink("\(place)/\(name)")
    }
  }

  /// Removes it, finished or not; without one nothing happens.
  ///
  /// Other work trees stay known to git, also those whose directory is away for the moment.
  package func remove() throws(RunnerError) {
    if !Self.exists(path), try registration() == nil { return }
    let removal = try GitCommand.run(
      in: repository.path, Self.plain + ["worktree", "remove", "--force", "--force", path])
    guard removal.code != 0 else { return }
    // It was killed while it was made, or somebody has taken a part of it away.
    try Self.delete(path)
    if let place = try registration() { try Self.delete(place) }
  }

  private static func delete(_ path: String) throws(RunnerError) {
    var deletion = try ChildProcess("rm", ["-rf", "--", path])
    let (code, errors) = try deletion.wait()
    guard code == 0 else { throw RunnerError(program: "rm", message: errors, isMissing: false) }
  }

  /// Whether a path that may be relative to a directory is another, absolute one.
  private static func leads(_ path: String, from directory: String, to other: String) -> Bool {
    if path.hasPrefix("/") { return path == other }
    guard !path.isEmpty else { return false }
    var parts: [Substring] = []
    for part in (resolved(directory) + "/" + path).split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/") == other
  }

  private static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// The names in a directory; none when it can't be read.
  private static func names(in directory: String) -> [String] {
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      // The entry is as long as its name: no more of it may be read than that.
      guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
      let name = unsafe String(
        cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// A small file; nil when it can't be read.
  private static func text(of path: String) throws(RunnerError) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return String(decoding: try ChildProcess.read(file, 1 << 14, path), as: UTF8.self)
  }
}

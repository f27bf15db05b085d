internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Pipeline
internal import Runner

extension PatchWorkflow {
  /// Removes the work trees that other patches of this repository need no more: some program has
  /// settled them by an event alone, and knew of no work tree.
  ///
  /// What can't be removed now, or is in use, stays for the next time.
  func sweep() throws(LogError) {
    let here = try commonDirectory()
    for name in Directory.names(in: folder) {
      guard let id = ULID(name), id != self.id, let patch = try? engine.patch(id),
        Self.settled.contains(patch.state.status), patch.repository == here,
        let other = try? other(id, waits: false),
        (try? other.finishMove(on: patch.branch)) != nil, (try? other.cleanUp()) != nil
      else { continue }
      console.note("removed the work tree of patch-\(id), which is \(patch.state.status.name)")
    }
  }

  /// In these states nothing is left to be done in a work tree.
  static let settled: Set<PatchStatus> = [.committed, .rolled_back, .quarantined, .dropped]

  /// Runs `body`, which appends events of a patch, while nobody takes it on; if they settle it, its
  /// work tree is removed.
  static func holding<Result>(
    _ id: ULID, _ writing: PatchWriteOptions, log flag: String?, _ console: Console,
    _ body: () throws(LogError) -> Result
  ) throws(LogError) -> Result {
    let folder = folder(try LogLocation(flag: flag, console.here))
    // Nobody ever has taken a patch of this log on.
    guard Files.exists(folder) else { return try body() }
    let lock = try lock(id, in: folder, waitNanoseconds: writing.appendOptions().waitNanoseconds)
    let worktree = "\(folder)/\(id)"
    defer { if !Files.exists(worktree) { lock.removeFile() } }
    let result = try body()
    guard !writing.dryRun, Files.exists(worktree) else { return result }
    let engine = try OpenedLog(reading: flag, console.here).engine
    if let patch = try? engine.patch(id), settled.contains(patch.state.status),
      let repository = patch.repository
    {
      // What can't be removed now is swept later.
      try? PatchWorktree(GitRepository(at: repository), path: worktree).remove()
    }
    return result
  }
}

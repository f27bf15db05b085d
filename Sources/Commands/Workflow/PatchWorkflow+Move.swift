internal import Configuration
internal import Events
internal import Glibc
internal import JSON
internal import Runner

/// Moving a branch together with the files of a work tree of the user's.
extension PatchWorkflow {
  private static let noteByteCountMax = 64 << 20

  /// Where it is written that files of the user's are about to change, as long as they are.
  private var notePath: String { "\(folder)/\(id).move" }

  /// Moves a branch; what it will do is written down before, so that a later run can take back what
  /// one that was killed has left.
  func advance(_ move: BranchMove) throws(LogError) -> GitRepository.Advance {
    defer { unsafe unlink(notePath) }
    if move.place != nil { try write(move) }
    let script = try scratch(Array(move.rehearsal.utf8))
    return try git { () throws(RunnerError) in
      try repository.advance(
        move, script: script, index: script + ".index", hiding: settings.secretVariables)
    }
  }

  /// Takes back what a killed run has left in a work tree of the user's.
  func finishMove(on branch: String?) throws(LogError) {
    guard !isDryRun, let move = noted(branch) else { return }
    let turn = try takeTurn()
    defer { turn.removeFile() }
    let script = try scratch([])
    let lock = try git { () throws(RunnerError) -> String? in
      // Where the branch has moved nothing is left: git moves it last.
      guard try repository.tip(of: branch) == move.tip, let place = move.place else { return nil }
      // Whether it is that of the killed one nobody can tell: that is for the user to say.
      if let lock = try GitRepository(at: place).indexLock() { return lock }
      try move.takeBack(index: script + ".index")
      return nil
    }
    if let lock {
      throw LogError(
        .conflict, "a step of patch-\(id) was killed while git changed your files; \(lock) is left",
        hint: "If no git is running there, remove that file and run this again: it puts them back")
    }
    unsafe unlink(notePath)
  }

  private func write(_ move: BranchMove) throws(LogError) {
    var text = [move.tip, move.commit, move.place ?? ""]
    text += move.paths
    unsafe unlink(notePath)
    let file = try OutputFile(notePath, console.here)
    file.write(Array(text.joined(separator: "\0").utf8))
    try file.finish()
  }

  private func noted(_ branch: String?) -> BranchMove? {
    guard let bytes = try? Files.contents(notePath, byteCountMax: Self.noteByteCountMax) else {
      return nil
    }
    let fields = bytes.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard fields.count >= 3 else { return nil }
    return BranchMove(
      branch: branch, tip: fields[0], commit: fields[1], place: fields[2],
      paths: Array(fields.dropFirst(3)))
  }
}

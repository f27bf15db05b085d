import Glibc
import TestSupport
import Testing

@testable import Runner

@Suite(.hangLimit) struct GitCommandTests {
  /// A work tree as git has it on disk for a moment while it makes one.
  ///
  /// - Returns: the file that is still empty.
  private func halfMade(in fixture: GitFixture) throws -> String {
    try fixture.commit("one")
    let directory = fixture.path + "/.git/worktrees/half"
    try Files.makeDirectory(fixture.path + "/.git/worktrees")
    try Files.makeDirectory(directory)
    try Files.write(directory + "/gitdir", Array("\(fixture.path)/half/.git\n".utf8))
    try Files.write(directory + "/HEAD", Array("ref: refs/heads/half\n".utf8))
    let common = directory + "/commondir"
    try Files.write(common, [])
    return common
  }

  @Test func `a work tree that is being made is waited for`() throws {
    let fixture = try GitFixture()
    let common = try halfMade(in: fixture)
    let words = ["for-each-ref", "--format=%(worktreepath)", "refs/heads/"]
    let once = try GitCommand.runOnce(in: fixture.path, words)
    #expect(once.code == 128 && once.errors.contains("commondir"), "\(once)")
    var runs = 0
    let outcome = try GitCommand.patiently { () throws(RunnerError) in
      runs += 1
      // The other program goes on while this one waits.
      if runs == 3 {
        Files.remove(common)
        try? Files.write(common, Array("../..\n".utf8))
      }
      return try GitCommand.runOnce(in: fixture.path, words)
    } complaint: {
      $0.errors
    }
    #expect(outcome.code == 0 && runs == 3, "\(outcome)")
  }

  @Test func `a wrong use is no signal, and a signal is no exit code`() throws {
    let fixture = try GitFixture()
    let use = try GitCommand.run(in: fixture.path, ["apply", "--no-such-option"])
    #expect(use.code == 129 && use.errors.contains("no-such-option"))
    for (signal, isCrash) in [(SIGABRT, true), (SIGSEGV, true), (SIGTERM, false), (SIGHUP, false)] {
      let alias = "alias.end=!ulimit -c 0; kill -\(signal) $PPID"
      let error = try #require(throws: RunnerError.self) {
        _ = try GitCommand.run(in: fixture.path, ["-c", alias, "end"])
      }
      #expect(error.signal == signal && error.isCrash == isCrash && error.wasInterrupted)
    }
  }

  @Test func `other failures are told at once`() throws {
    let fixture = try GitFixture()
    var runs = 0
    let outcome = try GitCommand.patiently { () throws(RunnerError) in
      runs += 1
      return try GitCommand.runOnce(in: fixture.path, ["rev-parse", "--verify", "nothing"])
    } complaint: {
      $0.errors
    }
    #expect(outcome.code == 128 && runs == 1)
  }
}

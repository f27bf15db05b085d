import Configuration
import Events
import TestSupport
import Testing

@Suite struct LocationTests {
  private func location(
    _ place: TemporaryDirectory, _ directory: String, flag: String? = nil,
    environment: [String: String] = [:]
  ) throws -> LogLocation {
    try LogLocation(
      flag: flag,
      Surroundings(
        workingDirectory: directory.isEmpty ? place.path : place.path + "/" + directory,
        environment: environment))
  }

  @Test func `the flag is stronger than the variable, that than what lies around`() throws {
    let place = try TemporaryDirectory()
    place.directory("a/.uetlog")
    place.directory("a/b")
    let environment = ["UETLOG": "/elsewhere"]
    let flagged = try location(place, "a/b", flag: "mine/", environment: environment)
    #expect(flagged.path == place.path + "/a/b/mine" && flagged.origin == .flag)
    let variable = try location(place, "a/b", environment: environment)
    #expect(variable.path == "/elsewhere" && variable.origin == .environment)
    let nearest = try location(place, "a/b")
    #expect(nearest.path == place.path + "/a/.uetlog" && nearest.origin == .nearest)
    let empty = try location(place, "a/b", environment: ["UETLOG": ""])
    #expect(empty.origin == .nearest)
  }

  @Test func `without a log upward it is in the common git directory`() throws {
    let place = try TemporaryDirectory()
    place.directory("repo/.git")
    place.directory("repo/deep/er")
    let found = try location(place, "repo/deep/er")
    #expect(found.path == place.path + "/repo/.git/uetlog" && found.origin == .repository)
  }

  @Test func `all work trees share one log`() throws {
    let place = try TemporaryDirectory()
    try place.file("repo/.git/worktrees/w/commondir", "../..\n")
    try place.file("tree/.git", "gitdir: \(place.path)/repo/.git/worktrees/w\n")
    #expect(try location(place, "tree").path == place.path + "/repo/.git/uetlog")
    try place.file("repo/.git/modules/m/HEAD", "ref: refs/heads/main\n")
    try place.file("repo/m/.git", "gitdir: ../.git/modules/m\n")
    #expect(try location(place, "repo/m").path == place.path + "/repo/m/../.git/modules/m/uetlog")
  }

  @Test func `a hook inside of a git directory finds the same log`() throws {
    let place = try TemporaryDirectory()
    place.directory("bare/objects")
    place.directory("bare/refs")
    try place.file("bare/HEAD", "ref: refs/heads/main\n")
    #expect(try location(place, "bare/refs").path == place.path + "/bare/uetlog")
  }

  @Test func `elsewhere it is in the working directory`() throws {
    let place = try TemporaryDirectory()
    let found = try location(place, "")
    #expect(found.path == place.path + "/.uetlog" && found.origin == .workingDirectory)
    #expect(found.missing.code == .notFound)
    #expect(found.missing.actual?.contains("no git repository") == true)
  }

  @Test func `heads are noted in the user's state folder`() throws {
    func state(_ environment: [String: String]) throws -> String? {
      try OpenedLog.stateDirectory(Surroundings(workingDirectory: "/w", environment: environment))
    }
    #expect(try state(["UETLOG_STATE": "s", "HOME": "/h"]) == "/w/s")
    #expect(try state(["XDG_STATE_HOME": "/x", "HOME": "/h"]) == "/x/uetlog")
    #expect(try state(["XDG_STATE_HOME": "x", "HOME": "/h"]) == "/h/.local/state/uetlog")
    #expect(try state([:]) == nil)
  }
}

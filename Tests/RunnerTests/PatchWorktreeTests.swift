import Diff
import TestSupport
import Testing

@testable import Runner

@Suite struct PatchWorktreeTests {
  private let fixture: GitFixture
  private let tree: PatchWorktree

  init() throws {
    fixture = try GitFixture()
    try fixture.write("a", "a\n")
    try fixture.commit("one")
    let repository = try GitRepository(around: fixture.path)
    tree = PatchWorktree(repository, path: repository.path + "-of-a-patch")
  }

  /// What git knows of work trees, by the names of its directories.
  private func known() -> [String] { Files.names(in: fixture.path + "/.git/worktrees") }

  @Test func `it is found by the file that leads back to it, not by its name`() throws {
    try Files.makeDirectory(fixture.path + "/.git/worktrees")
    let other = fixture.path + "/.git/worktrees/" + tree.name
    try Files.makeDirectory(other)
    try Files.write(other + "/gitdir", Array("/somewhere/\(tree.name)/.git\n".utf8))
    #expect(try tree.registration() == nil)
    try tree.make(at: "HEAD")
    let place = try #require(try tree.registration())
    #expect(place.hasSuffix("/\(tree.name)1"))
    try Files.write(place + "/index.lock", [])
    try Files.write(other + "/index.lock", [])
    try tree.removeLocks()
    #expect(try tree.isClean())
    #expect(Files.names(in: other).contains("index.lock"))
    try tree.remove()
    #expect(known() == [tree.name])
  }

  @Test func `paths that are relative lead back, too`() throws {
    try tree.make(at: "HEAD")
    let place = try #require(try tree.registration())
    for (path, isOurs) in [
      ("../../../../\(tree.name)/.git", true), ("../../../\(tree.name)/.git", false),
      ("../../../.././\(tree.name)/.git", true), (".git", false),
    ] {
      Files.remove(place + "/gitdir")
      try Files.write(place + "/gitdir", Array((path + "\n").utf8))
      #expect(try (tree.registration() == place) == isOurs, "\(path)")
    }
  }

  @Test func `whatever is left of it goes, and nothing else`() throws {
    try fixture.git("worktree", "add", "-q", "--detach", fixture.path + "/../mine")
    try fixture.shell("mv ../mine ../away")
    for ruin in ["rm -rf ", "rm ", "echo gitdir: /nowhere > "] {
      try tree.make(at: "HEAD")
      try fixture.shell(ruin + "'\(tree.path)\(ruin == "rm -rf " ? "" : "/.git")'")
      try tree.remove()
      #expect(known() == ["mine"], "\(ruin)")
      try fixture.shell("! test -e '\(tree.path)'")
    }
    try tree.remove()
    #expect(known() == ["mine"])
  }

  @Test(arguments: [
    ("", "1\n2\nc\nb\nd\n3\n", true), ("", "0\n0\n1\n2\nc\nb\nd\n3\n", false),
    ("", "1\n2\nc\na\nd\n3\n", false),
    ("old mode 100755\nnew mode 100644\n", "1\n2\nc\nb\nd\n3\n", true),
    ("old mode 100644\nnew mode 100755\n", "1\n2\nc\nb\nd\n3\n", false),
  ])
  func `a patch is there in the places that it names alone, and with its modes`(
    header: String, content: String, isThere: Bool
  ) throws {
    let text = Array(
      "diff --git a/a b/a\n\(header)--- a/a\n+++ b/a\n@@ -3,3 +3,3 @@\n c\n-a\n+b\n d\n".utf8)
    let file = tree.path + ".text"
    try Files.write(file, text)
    try fixture.write("a", content)
    try fixture.commit("two")
    try tree.make(at: "HEAD")
    let patch = PatchApplication(file: file, strip: 1, isThreeWay: false)
    #expect(try tree.has(patch, UnifiedDiff(parsing: text.span), in: text) == isThere)
  }
}

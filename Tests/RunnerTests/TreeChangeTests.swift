import Diff
import TestSupport
import Testing

@testable import Runner

/// What git makes of a diff, beside what is read of it.
@Suite struct TreeChangeTests {
  private func diff(_ text: String) -> UnifiedDiff { UnifiedDiff(parsing: Array(text.utf8).span) }

  private func change(_ path: String, _ old: String?, _ new: String?) -> TreeChange {
    TreeChange(path: DiffPath(path), oldMode: old, newMode: new)
  }

  private let regular = "100644"
  private let executable = "100755"

  private func modify(_ path: String, _ header: String = "") -> String {
    "diff --git a/\(path) b/\(path)\n\(header)--- a/\(path)\n+++ b/\(path)\n@@ -1 +1 @@\n-a\n+b\n"
  }

  private func move(_ kind: String, _ from: String, _ to: String) -> String {
    "diff --git a/\(from) b/\(to)\nsimilarity index 100%\n\(kind) from \(from)\n\(kind) to \(to)\n"
  }

  @Test func `what the diff says is no objection`() {
    let text =
      modify("m") + modify("x", "old mode 100644\nnew mode 100755\n")
      + "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+n\n--- a/d\n+++ /dev/null\n@@ -1 +0,0 @@\n-d\n"
      + move("rename", "r", "s") + move("copy", "c", "k")
    let found = [
      change("m", executable, executable), change("x", regular, executable),
      change("n", nil, regular), change("d", regular, nil), change("r", executable, nil),
      change("s", nil, executable), change("k", nil, executable),
    ]
    #expect(diff(text).faults.isEmpty)
    #expect(diff(text).objection(to: found, isMerged: false) == nil)
    // A file whose lines were as they are wanted does not change; one that is made or taken does.
    for index in found.indices {
      var fewer = found
      fewer.remove(at: index)
      let objection = diff(text).objection(to: fewer, isMerged: false)
      #expect((objection == nil) == (index < 2), "\(found[index])")
      // A merge finds a part of it there already; then the source of a rename must tell its mode.
      let isSource = index == 4
      let ofMerge = diff(text).objection(to: fewer, isMerged: true)
      #expect((ofMerge == nil) == !isSource, "\(found[index])")
    }
  }

  @Test func `anything else is`() {
    let text =
      modify("m") + "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+n\n" + move("rename", "r", "s")
    let right = [
      change("m", regular, regular), change("n", nil, regular), change("r", regular, nil),
      change("s", nil, regular),
    ]
    #expect(diff(text).objection(to: right, isMerged: false) == nil)
    let wrong: [(Int, TreeChange)] = [
      (0, change("m", regular, executable)), (0, change("m", regular, "120000")),
      (0, change("m", regular, nil)), (0, change("m", nil, regular)),
      (0, change("o", regular, regular)), (1, change("n", nil, executable)),
      (1, change("n", nil, "160000")), (1, change("n", regular, regular)),
      (2, change("r", regular, regular)), (3, change("s", nil, executable)),
      (3, change("s", nil, "120000")), (3, change("s", regular, regular)),
    ]
    for (index, other) in wrong {
      var found = right
      found[index] = other
      #expect(diff(text).objection(to: found, isMerged: false) != nil, "\(other)")
    }
    #expect(diff(text).objection(to: right + [change("y", nil, regular)], isMerged: true) != nil)
  }

  @Test func `a mode that is to change and does not is an objection`() {
    let diff = diff(modify("x", "old mode 100644\nnew mode 100755\n"))
    for (mode, isRight) in [(executable, true), (regular, false)] {
      let objection = diff.objection(to: [change("x", regular, mode)], isMerged: false)
      #expect((objection == nil) == isRight)
    }
  }

  @Test func `files may change places and types`() {
    let swap = diff(move("rename", "a", "b") + move("rename", "b", "a"))
    let both = [change("a", regular, executable), change("b", executable, regular)]
    #expect(swap.faults.isEmpty && swap.objection(to: both, isMerged: false) == nil)
    #expect(swap.objection(to: [], isMerged: false) == nil)
    let type = diff(
      "diff --git a/l b/l\ndeleted file mode 100644\n--- a/l\n+++ /dev/null\n@@ -1 +0,0 @@\n-l\n"
        + "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+m\n")
    #expect(type.faults.isEmpty)
    #expect(type.objection(to: [change("l", regular, "120000")], isMerged: false) == nil)
    #expect(type.objection(to: [change("l", regular, regular)], isMerged: false) != nil)
  }

  @Test func `all diffs of a history are what git makes of them`() throws {
    let fixture = try GitFixture()
    try fixture.fastImport(AwkwardHistory.stream(commits: 300, seed: 23))
    let commits = try fixture.git("rev-list", "--first-parent", "HEAD").split(separator: "\n")
    let tree = PatchWorktree(try GitRepository(around: fixture.path), path: fixture.path)
    var judged = 0
    for commit in commits.dropLast().map(String.init) {
      let shown = try GitCommand.runOnce(
        in: fixture.path,
        ["diff-tree", "-p", "--full-index", "-M", "-C", "\(commit)^", commit, "--"])
      let diff = UnifiedDiff(parsing: shown.bytes.span)
      guard diff.faults.isEmpty, diff.files.allSatisfy({ $0.binary == nil }) else { continue }
      let file = fixture.path + "/../diff"
      Files.remove(file)
      try Files.write(file, shown.bytes)
      let way = PatchApplication(file: file, strip: 1, isThreeWay: false)
      var objection: String?
      var others: String?
      let made = try tree.tree(of: commit + "^", with: way, index: file + ".index") {
        () throws(RunnerError) in
        objection = diff.objection(
          to: try tree.changes(from: commit + "^", index: file + ".index"), isMerged: false)
        let found = try tree.diff(from: commit + "^", index: file + ".index")
        let other = UnifiedDiff(ofHistory: found.span)
        others =
          other.faults.first?.message
          ?? diff.objection(in: shown.bytes, to: other, in: found)
        return true
      }
      #expect(objection == nil && others == nil, "\(commit)")
      #expect(try made == tree.tree(of: commit), "\(commit)")
      for change in diff.files {
        guard let path = change.newPath, !change.hunks.isEmpty, change.newMode != .submodule,
          let name = String(validating: path.bytes, as: UTF8.self)
        else { continue }
        let blob = try GitCommand.runOnce(
          in: fixture.path, ["cat-file", "blob", "\(commit):\(name)"])
        #expect(blob.code == 0, "\(blob.errors)")
        #expect(change.hunks.allSatisfy { $0.isThere(in: blob.bytes, shown.bytes) }, "\(path)")
      }
      judged += 1
    }
    #expect(judged > 100, "\(judged) of \(commits.count)")
  }

  @Test func `other lines are told, however they are aligned`() {
    func objection(_ one: String, _ other: String) -> String? {
      let texts = [one, other].map { Array("--- a/f\n+++ b/f\n\($0)".utf8) }
      let diffs = texts.map { UnifiedDiff(parsing: $0.span) }
      #expect(!diffs.contains { !$0.faults.isEmpty })
      return diffs[0].objection(in: texts[0], to: diffs[1], in: texts[1])
    }
    let text = "@@ -1,3 +1,3 @@\n-a\n+b\n \n-c\n+a\n"
    #expect(objection(text, text) == nil)
    #expect(objection(text, "@@ -1,3 +1,3 @@\n+b\n+\n a\n-\n-c\n") == nil)
    for other in [
      "@@ -1,3 +1,3 @@\n-a\n+d\n \n-c\n+a\n", "@@ -1,3 +1,4 @@\n-a\n+b\n+b\n \n-c\n+a\n",
      "@@ -1,3 +1,3 @@\n-a\n+b\n \n-c\n+a\n\\ No newline at end of file\n",
    ] {
      #expect(objection(text, other) == "f gets other lines", "\(other)")
    }
  }

  @Test func `lines count at their place alone`() throws {
    let text = "--- a/f\n+++ b/f\n@@ -2,3 +2,3 @@\n 2\n-x\n+3\n 4\n"
    let hunk = try #require(diff(text).files.first?.hunks.first)
    func isThere(_ content: String) -> Bool {
      hunk.isThere(in: Array(content.utf8), Array(text.utf8))
    }
    #expect(isThere("1\n2\n3\n4\n") && isThere("0\n2\n3\n4\n5\n"))
    for content in ["0\n1\n2\n3\n4\n", "2\n3\n4\n", "1\n2\nx\n4\n", "1\n2\n3\n4", "1\n", ""] {
      #expect(!isThere(content), "\(content.debugDescription)")
    }
  }

  @Test func `a missing newline is one on both sides`() throws {
    let text = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n+y\n\\ No newline at end of file\n"
    let hunk = try #require(diff(text).files.first?.hunks.first)
    #expect(hunk.isThere(in: Array("y".utf8), Array(text.utf8)))
    for content in ["y\n", "yy", "x", ""] {
      #expect(!hunk.isThere(in: Array(content.utf8), Array(text.utf8)), "\(content)")
    }
  }
}

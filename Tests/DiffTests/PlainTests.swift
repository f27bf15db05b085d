import Testing

@testable import Diff

/// Sections of `diff -u`, whose names say less than git's.
@Suite struct PlainTests {
  @Test(arguments: [("a/n", "b/n"), ("n\t(nonexistent)", "n\t(working copy)")])
  func `without lines before the change a file is new, or empty`(old: String, new: String) {
    let file = parse("--- \(old)\n+++ \(new)\n@@ -0,0 +1 @@\n+x\n").files.first
    #expect(file?.kind == .add)
    #expect(file?.oldPath == nil)
    #expect(file?.mayExist == true)
    let known = parse("--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n").files.first
    #expect(known?.mayExist == false)
    // git's header says it by itself, and the other way round the file stays and is empty.
    #expect(parse(header("n") + "--- a/n\n+++ b/n\n@@ -0,0 +1 @@\n+x\n").files[0].kind == .modify)
    #expect(parse("--- a/n\n+++ b/n\n@@ -1 +0,0 @@\n-x\n").files[0].kind == .modify)
  }

  @Test(arguments: [
    ("1970-01-01 00:00:00.000000000 +0000", false), ("1970-01-01 01:00:00 +0100", false),
    ("1969-12-31 19:00:00.000000000 -0500", false), ("1970-01-01 01:00:00 +0000", true),
    ("1969-12-31 19:00:00 -0400", true), ("2024-01-01 00:00:00 +0000", true),
  ])
  func `the time zero is that of a file that does not exist`(date: String, mayExist: Bool) {
    let file = parse("--- o/n\t\(date)\n+++ w/n\t2024-01-01\n@@ -0,0 +1 @@\n+x\n").files[0]
    #expect(file.kind == .add)
    #expect(file.mayExist == mayExist)
  }

  // P-15, P-16
  @Test func `all names of a diff lose the same part`() {
    let both = "--- o/a\n+++ n/a\n@@ -1 +1 @@\n-a\n+b\n"
    let gone = "--- o/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
    let new = "--- /dev/null\n+++ n/only\n@@ -0,0 +1 @@\n+a\n"
    #expect(parse(gone + both + new).touched == ["gone", "a", "only"])
    // Without a section that tells it only git's own prefixes are some.
    #expect(parse(gone + new).touched == ["o/gone", "n/only"])
    #expect(parse("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n").touched == ["x"])
    let whole = "--- a/y\n+++ a/y\n@@ -1 +1 @@\n-a\n+b\n"
    #expect(parse(whole + "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n").touched == ["a/y", "a/x"])
    #expect(parse(both + "--- /dev/null\n+++ b/.git/x\n@@ -0,0 +1 @@\n+a\n").codes == [.pathGit])
  }

  @Test(arguments: [
    ("@@ -3 +3 @@\n-a\n+b\n", false), ("@@ -3,0 +4 @@\n+b\n", false),
    ("@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-a\n+b\n", false), ("@@ -4 +3,0 @@\n-b\n", false),
    ("@@ -0,0 +4 @@\n+a\n", false),
    ("@@ -1 +1 @@\n-a\n+b\n", true), ("@@ -1,2 +1 @@\n-a\n-a\n+b\n", true),
    ("@@ -0,0 +1 @@\n+a\n", true), ("@@ -3,2 +3,2 @@\n a\n-a\n+b\n", true),
    ("@@ -1 +0,0 @@\n-a\n", true), ("@@ -2,2 +2,2 @@\n-a\n+b\n a\n", true),
  ])
  func `a hunk without context is all of a file`(hunks: String, isFine: Bool) {
    let text = header("x") + "--- a/x\n+++ b/x\n" + hunks
    #expect(parse(text).codes == (isFine ? [] : [.noContext]))
    #expect(parse(text).touched == ["x"])
    #expect(UnifiedDiff(ofHistory: Array(text.utf8).span).faults.isEmpty)
  }

  @Test func `links above many deep paths`() {
    let paths = OutermostPaths(["a/b", "a-b", "a/b/c", "a", "d/e"].map { DiffPath($0) })
    #expect(paths.first(above: DiffPath("a/b/c/d"))?.text == "a")
    #expect(paths.first(above: DiffPath("a/b"))?.text == "a")
    #expect(paths.first(above: DiffPath("a-b/c"))?.text == "a-b")
    #expect(paths.first(above: DiffPath("d/e/f"))?.text == "d/e")
    for path in ["a", "a-c", "d", "d/e", "d/ef", "ab"] {
      #expect(paths.first(above: DiffPath(path)) == nil)
    }
  }
}

import Testing

@testable import Diff

/// Each attack and each broken text is refused with a reason of its own.
@Suite struct RefusalTests {
  // P-05, V-09
  @Test(arguments: [
    ("/etc/passwd", DiffFault.Code.pathAbsolute), ("../../etc/passwd", .pathDots),
    ("a/../x", .pathDots), ("a/./.env", .pathDots), ("a//b", .pathEmpty), ("a/", .pathEmpty),
    (#"C:\x"#, .pathAbsolute), ("c:/x", .pathAbsolute), (#"\\host\x"#, .pathAbsolute),
    (#"a\..\x"#, .pathDots), (".git", .pathGit), (".GIT/config", .pathGit), ("a/.Git/x", .pathGit),
    (".git./x", .pathGit), (".git /x", .pathGit), (".git::$INDEX_ALLOCATION/x", .pathGit),
    ("git~1/x", .pathGit), (".g\u{200C}it/x", .pathGit), (#"a\.git\x"#, .pathGit),
    (String(repeating: "x", count: 4096), .pathLength),
  ])
  func `paths that leave the repository or reach into git's folder`(
    path: String, code: DiffFault.Code
  ) {
    #expect(parse(section(path)).codes == [code])
    #expect(parse("--- a/\(path)\n+++ b/\(path)\n@@ -1 +1 @@\n-a\n+b\n").codes == [code])
    let rename = header("x", path) + "rename from x\nrename to \(path)\n"
    #expect(parse(rename).codes == [code])
  }

  @Test(arguments: ["c:x", #"a\..\x"#, "git~1/x", ".git /x", String(repeating: "x", count: 4096)])
  func `what is in a history has the names that it has`(path: String) {
    let diff = UnifiedDiff(ofHistory: Array((section(path) + section("y")).utf8).span)
    #expect(diff.faults.isEmpty)
    #expect(diff.touched == [path, "y"])
    // What is no diff is no better for it.
    let broken = header("x") + "--- a/x\n+++ b/x\n@@ nonsense\n"
    #expect(UnifiedDiff(ofHistory: Array(broken.utf8).span).codes == [.hunkHeader])
  }

  // V-09
  @Test func `a zero byte in a path`() {
    let text = #"diff --git "a/x\000y" "b/x\000y""# + "\nold mode 100644\nnew mode 100755\n"
    #expect(parse(text).codes == [.pathZero])
  }

  @Test(arguments: [
    "a:b", ".gitignore", ".github/x", ".gitmodules", "x.git", "a/.gitx/y", "git~2", "..x", "x..",
    "...",
    ".environment.yml",
  ])
  func `names that only look like them are fine`(path: String) {
    #expect(parse(section(path)).faults.isEmpty)
  }

  // V-01, V-02
  @Test(arguments: [
    ("@@ nonsense\n", DiffFault.Code.hunkHeader), ("@@ -1,50 +1,50 @@\n-a\n+b\n", .hunkTruncated),
    ("@@ -1 +1 @@\n a\n", .hunkUnchanged), ("@@ -0,1 +1 @@\n-a\n+b\n", .hunkHeader),
    ("@@ -2147483648 +1 @@\n-a\n+b\n", .lineNumber), ("@@ -1,2 +1 @@\n-a\n+b\n", .hunkTruncated),
    ("@@ -99999999999999999999 +1 @@\n-a\n+b\n", .lineNumber),
    ("@@ -5 +5 @@\n-a\n+b\n@@ -1 +1 @@\n-a\n+b\n", .hunkOrder),
    ("@@ -1,2 +1,2 @@\n a\n-a\n+b\n@@ -2 +2 @@\n-a\n+b\n", .hunkOrder),
    ("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n@@ -5 +5 @@\n-a\n+b\n", .newline),
  ])
  func `hunks that do not add up`(hunks: String, code: DiffFault.Code) {
    #expect(parse(header("x") + "--- a/x\n+++ b/x\n" + hunks).codes == [code])
  }

  @Test func `a hunk of its own`() {
    #expect(parse("@@ -1 +1 @@\n-a\n+b\n").codes == [.hunkOrphan])
    #expect(parse("@@ by the way @@\n" + section("x")).faults.isEmpty)
  }

  @Test func `sides that the header contradicts`() {
    let both = "--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n"
    #expect(parse(both).codes == [.nullDevice])
    #expect(parse(header("x") + both).codes == [.nullDevice])
    let new = header("x") + "new file mode 100644\n"
    #expect(parse(new + "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n").codes == [.nullDevice])
    #expect(
      parse(new + "--- /dev/null\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n").codes == [.contents])
    let gone = header("x") + "deleted file mode 100644\n--- a/x\n+++ /dev/null\n"
    #expect(parse(gone + "@@ -1 +1 @@\n-a\n+b\n").codes == [.contents])
    #expect(parse(gone + "@@ -1 +0,0 @@\n-a\n").faults.isEmpty)
  }

  @Test func `modes and types that git does not store`() {
    #expect(parse(header("x") + "new file mode 100666\n").codes == [.mode])
    #expect(parse(header("x") + "old mode 100644\nnew mode 120000\n").codes == [.typeChange])
    #expect(parse(header("x") + "new file mode 100644\nold mode 1\n").codes == [.mode])
    #expect(
      parse(header("x") + "new file mode 100644\ndeleted file mode 100644\n").codes == [.names])
  }

  @Test func `a section that changes nothing`() {
    #expect(parse(header("x") + "index 1..2 100644\n").codes == [.noChange])
  }

  // P-25
  @Test func `two sections of one file`() {
    #expect(parse(section("x") + section("x")).codes == [.duplicate])
    #expect(parse(section("x") + section("x")).touched == ["x"])
    let link = header("x") + "new file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+y\n"
    let gone = header("x") + "deleted file mode 100644\n"
    #expect(parse(gone + link).faults.isEmpty)
    #expect(parse(gone + section("x")).codes == [.vanished])
    let rename = header("x", "y") + "rename from x\nrename to y\n"
    #expect(parse(rename + gone).codes == [.vanished])
    #expect(parse(gone + rename).codes == [.vanished])
    #expect(parse(section("x") + rename).codes == [.duplicate])
    #expect(parse(rename + section("x")).codes == [.vanished])
  }

  @Test func `a path through a symbolic link of the same diff`() {
    let link = header("d") + "new file mode 120000\n--- /dev/null\n+++ b/d\n@@ -0,0 +1 @@\n+/etc\n"
    let file =
      header("d/x") + "new file mode 100644\n--- /dev/null\n+++ b/d/x\n@@ -0,0 +1 @@\n+y\n"
    #expect(parse(link + file).codes == [.pathSymlink])
    #expect(parse(file + link).codes == [.pathSymlink])
    #expect(parse(link + section("dx/y")).faults.isEmpty)
  }

  @Test func `all faults are told, and what is whole is read`() {
    let text = section("../x") + section("y") + section(".git/z")
    #expect(parse(text).codes == [.pathDots, .pathGit])
    #expect(parse(text).touched == ["y"])
    #expect(parse(text).faults.map(\.line) == [1, 13])
    let many = String(repeating: section("../x"), count: 200)
    #expect(parse(many).faults.count == UnifiedDiff.faultCountMax)
  }

  // P-17
  @Test func `the diff of a merge is read and can't be taken back`() {
    let text = """
      diff --cc x
      index 1,2..3
      --- a/x
      +++ b/x
      @@@ -1,2 -1,2 +1,3 @@@
        a
      - b
       -c
      ++d
      +e

      """
    let diff = parse(text + section("y"))
    #expect(diff.files.map(\.kind) == [.combined, .modify])
    #expect(!diff.isReversible)
  }
}

import Testing

@testable import Diff

@Suite struct CountsTests {
  // P-18, P-19
  @Test(arguments: [
    ("-- old", "x"), ("---", "x"), ("-- a/x", "++ b/x"), ("x", "++i;"), ("x", "+++"),
  ])
  func `lines that look like headers are counted by the numbers of their hunk`(
    old: String, new: String
  ) {
    let diff = parse(section("x.sql", old: old, new: new))
    #expect(diff.counts == [1, 1])
    #expect(diff.touched == ["x.sql"])
    #expect(diff.faults.isEmpty)
  }

  // P-20
  @Test func `ten thousand lines that begin with pluses are ten thousand`() {
    let lines = String(repeating: "+++ b/x\n", count: 10_000)
    let text = "--- a/x\n+++ b/x\n@@ -0,0 +1,10000 @@\n"
    #expect(parse(text + lines).counts == [10_000, 0])
  }

  // P-21, P-22, P-23, P-24
  @Test func `a mail's text, its signature and a tool's sentences are not counted`() {
    let mail = """
      From 0123456789 Mon Sep 17 00:00:00 2001
      Subject: [PATCH] fix

      - fix the thing
      + add another
      diff --git a/.env b/.env
      ---
       x | 2 +-
       1 file changed

      \(section("x"))--\u{20}
      2.39.5

      - I changed x
      + and y
      """
    let diff = parse(mail)
    #expect(diff.faults.isEmpty)
    #expect(diff.counts == [1, 1])
    #expect(diff.touched == ["x"])
  }

  // P-32
  @Test func `a body's lines are no headers`() {
    let text =
      header("x")
      + "--- a/x\n+++ b/x\n@@ -1 +1,4 @@\n a\n+diff --git a/evil b/evil\n+@@ -1 +1 @@\n"
      + "+Binary files a and b differ\n"
    #expect(parse(text).touched == ["x"])
    #expect(parse(text).counts == [3, 0])
    #expect(parse(text).files.first?.binary == nil)
  }

  // P-26, P-27
  @Test func `carriage returns are content in hunks and nothing in headers`() {
    let text = section("x.txt").replacing("\n", with: "\r\n")
    let diff = parse(text)
    #expect(diff.touched == ["x.txt"])
    #expect(diff.counts == [1, 1])
    #expect(diff.faults.isEmpty)
    #expect(parse(section("x").replacing("\n", with: "\r")).codes == [.carriageReturns])
  }

  // P-30
  @Test func `an empty line is one of context, whose blank an editor took`() {
    let text = "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n-a\n+b\n\n c\n"
    #expect(parse(text).faults.isEmpty)
    #expect(parse(text).counts == [1, 1])
  }

  // P-28
  @Test func `a missing newline belongs to the line above`() {
    let text = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"
    let hunk = parse(text).files.first?.hunks.first
    #expect(hunk?.oldLacksNewline == true)
    #expect(hunk?.newLacksNewline == false)
    #expect(parse(text).faults.isEmpty)
    let first = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n\\ No newline at end of file\n-a\n+b\n"
    #expect(parse(first).codes == [.newline])
    let middle = "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n\\ No newline at end of file\n-c\n+b\n"
    #expect(parse(middle).codes == [.newline])
  }

  // P-29
  @Test(arguments: ["", "Sorry, I can't do that.\n", "+++\n---\n", "--- a\n+++ b\nno hunk\n"])
  func `prose is no diff`(text: String) {
    #expect(parse(text).codes == [.notADiff])
    #expect(parse(text).files.isEmpty)
  }

  private func binary(_ data: String) -> String {
    header("x.png") + "index 1234567..89abcde 100644\nGIT binary patch\n" + data
  }

  // P-33
  @Test func `binary data is measured and never counted`() {
    let forth = "literal 9\nI+++++-----+++++\n\n"
    let diff = parse(binary(forth + "delta 4\nD-----\n\n") + section("y"))
    #expect(diff.faults.isEmpty)
    #expect(diff.counts == [1, 1])
    #expect(diff.touched == ["x.png", "y"])
    guard case .encoded(let new, let old?) = diff.files.first?.binary else {
      Issue.record("no binary data")
      return
    }
    #expect([new.size, old.size] == [9, 4])
    #expect(diff.isReversible)
    #expect(!parse(binary(forth)).isReversible)
    // Git takes none whose contents are not named.
    let both = forth + "delta 4\nD-----\n\n"
    let unnamed = binary(both).replacing("1234567..89abcde", with: "1234567..*")
    #expect(parse(unnamed).faults.isEmpty && !parse(unnamed).isReversible)
  }

  @Test(arguments: [
    "", "literal x\n\n", "literal 4\nDab\n\n", "literal 4\n1abcde\n\n", "literal 4\nDabc e\n\n",
    "literal 4\nDabcde\n", "literal 99999999999\nDabcde\n\n",
  ])
  func `binary data of the wrong length or alphabet`(data: String) {
    #expect(parse(binary(data)).codes == [.binary])
  }

  // P-16
  @Test func `kinds of changes`() {
    let cases: [(String, FileChange.Kind)] = [
      ("new file mode 100644\nindex 0000000..e69de29\n", .add),
      ("deleted file mode 100644\nindex e69de29..0000000\n", .delete),
      ("old mode 100644\nnew mode 100755\n", .mode),
    ]
    for (lines, kind) in cases {
      let diff = parse(header("x") + lines)
      #expect(diff.files.map(\.kind) == [kind])
      #expect(diff.faults.isEmpty)
      #expect(diff.counts == [0, 0])
      #expect(diff.isReversible)
    }
    let opaque = parse(header("x") + "index 1..2 100644\nBinary files a/x and b/x differ\n")
    #expect(opaque.files.first?.binary == .opaque)
    #expect(!opaque.isReversible)
    #expect(opaque.faults.isEmpty)
  }
  @Test(arguments: ["old mode 100644", "new mode 100755"])
  func `a mode before or after alone can't be taken back`(line: String) {
    for (lines, isReversible) in [(line, false), ("old mode 100644\nnew mode 100755", true)] {
      let rename = "similarity index 100%\nrename from x\nrename to y\n"
      let diff = parse("diff --git a/x b/y\n" + lines + "\n" + rename)
      #expect(diff.faults.isEmpty && diff.isReversible == isReversible)
    }
  }
}

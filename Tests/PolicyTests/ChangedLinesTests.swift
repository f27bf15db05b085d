import Diff
import Testing

@testable import Policy

@Suite struct ChangedLinesTests {
  private func lines(_ diff: String) -> ChangedLines {
    let text = Array(diff.utf8)
    return ChangedLines(of: UnifiedDiff(parsing: text.span), in: text.span)
  }

  private func change(_ body: String, at line: Int = 1, path: String = "a", head: String = "")
    -> String
  {
    let old = body.split(separator: "\n").count { !$0.hasPrefix("+") }
    let new = body.split(separator: "\n").count { !$0.hasPrefix("-") }
    return "diff --git a/\(path) b/\(path)\n\(head)--- a/\(path)\n+++ b/\(path)\n"
      + "@@ -\(line),\(old) +\(line),\(new) @@\n\(body)"
  }

  @Test func `white space, blank lines, index lines, context and line numbers don't count`() {
    let plain = lines(change("-x = 1\n+x = 2\n"))
    #expect(plain == lines(change("-x=1\n+  x\t=  2\n")))
    #expect(plain == lines(change(" before\n-x = 1\n+x = 2\n+\n", at: 70)))
    #expect(plain == lines(change("-x = 1\n+x = 2\n", head: "index 3b18e51..9daeafb 100644\n")))
    // The control: what does count.
    #expect(plain != lines(change("-x = 1\n+x = 3\n")))
    #expect(plain != lines(change("-x = 1\n+x = 2\n", path: "b")))
    #expect(plain != lines(change("-x = 1\n")))
  }

  @Test func `a change takes another back when one of its files is the other way round`() {
    let forth = lines(change("-x = 1\n+x = 2\n"))
    let back = lines(change("-x = 2\n+x = 1\n", at: 9))
    let more = lines(change("-x = 2\n+x = 1\n") + change("-y\n+z\n", path: "b"))
    #expect(back.takesBack(forth))
    #expect(forth.takesBack(back))
    #expect(more.takesBack(forth))
    #expect(!forth.takesBack(forth))
    #expect(!lines(change("-x = 2\n+x = 1\n", path: "b")).takesBack(forth))
    #expect(!lines(change("-x = 2\n")).takesBack(forth))
  }

  @Test func `a file that is made and removed again goes there and back`() {
    let made = lines("--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n")
    let removed = lines("--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n")
    #expect(removed.takesBack(made))
    #expect(!removed.takesBack(lines("--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+y\n")))
  }
}

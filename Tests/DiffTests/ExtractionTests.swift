import Testing

@testable import Diff

@Suite struct ExtractionTests {
  private func extracted(_ output: String) -> String? {
    Extraction.diff(in: Array(output.utf8).span).map { String(decoding: $0, as: UTF8.self) }
  }

  // P-31
  @Test func `sentences, fences and what follows are left out`() {
    let output =
      "Here you go:\n\n```diff\n\(section("x"))```\n\nand\n\(section("y"))- done\nTokens: 5\n"
    #expect(extracted(output) == section("x") + section("y"))
  }

  // P-31
  @Test(arguments: ["    ", "\t"]) func `an indented diff is taken out of its list`(indent: String)
  {
    let lines = section("x").split(separator: "\n").map { indent + $0 + "\n" }.joined()
    #expect(extracted("1. Apply this:\n" + lines + "2. Run the tests.\n") == section("x"))
  }

  @Test func `names alone behind a header without hunks stay a section of their own`() {
    let mode = header("x") + "old mode 100644\nnew mode 100755\n"
    let plain = "--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n"
    #expect(extracted(mode + "and:\n" + plain) == mode + "\n" + plain)
    let bytes = Array((mode + "\n--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+b\n").utf8)
    let diff = UnifiedDiff(parsing: bytes.span)
    let reverse = Reversal.bytes(of: diff, in: bytes.span) ?? []
    #expect(UnifiedDiff(parsing: reverse.span).touched == ["y", "x"])
  }

  @Test func `a diff without its last newline gets one`() {
    #expect(extracted(String(section("x").dropLast())) == section("x"))
  }

  @Test(arguments: [
    "no diff at all\n", "", "@@ -1 +1 @@\n-a\n+b\n",
    "Two files:\n--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n-a\n",
  ])
  func `what can't be read as a whole is left to the parser`(output: String) {
    #expect(extracted(output) == nil)
    #expect(extracted(output + section("../y")) == nil)
  }
}

import Testing

@testable import Runner

@Suite struct NumberedDiffTests {
  private func files(_ text: String) -> [GitFile] { NumberedDiff.split(Array(text.utf8)).files }

  private func diff(_ text: String) -> String {
    String(decoding: NumberedDiff.split(Array(text.utf8)).diff, as: UTF8.self)
  }

  @Test func `counts and diff are told apart`() {
    let diffText = "diff --git a/a b/a\n@@ -1 +1 @@\n-1\t2\t3\n+x\n"
    let text = "\n12\t3\tsrc/a b.c\n-\t-\timage.png\n0\t0\tempty\n\n" + diffText
    #expect(diff(text) == diffText)
    #expect(
      files(text) == [
        GitFile(path: "src/a b.c", insertions: 12, deletions: 3, isBinary: false),
        GitFile(path: "image.png", insertions: 0, deletions: 0, isBinary: true),
        GitFile(path: "empty", insertions: 0, deletions: 0, isBinary: false),
      ])
  }

  @Test func `nothing is nothing`() {
    for text in ["", "\n", "\n\n"] { #expect(files(text).isEmpty && diff(text).isEmpty) }
  }

  @Test func `counts without a diff`() {
    #expect(files("\n1\t0\ta\n").count == 1 && diff("\n1\t0\ta\n").isEmpty)
  }

  @Test func `a merge's combined diff is a diff`() {
    #expect(diff("\n1\t0\ta\n\ndiff --cc a\n").hasPrefix("diff --cc"))
  }

  @Test(arguments: [
    ("plain", "plain"), (#""a\tb""#, "a\tb"), (#""a\"b\\c""#, "a\"b\\c"),
    (#""\303\274.txt""#, "ü.txt"), (#""\a\b\f\n\r\v""#, "\u{7}\u{8}\u{C}\n\r\u{B}"),
    (#""\0011""#, "\u{1}1"), (#""""#, ""), (#"""#, #"""#), (#""a\""#, #"a\"#), (#""a"b"#, #""a"b"#),
  ])
  func `quoted paths`(_ quoted: String, _ path: String) {
    let found = NumberedDiff.unquoted(Array(quoted.utf8)[...])
    #expect(String(decoding: found, as: UTF8.self) == path)
    #expect(files("1\t2\t\(quoted)\n").map(\.path) == [path])
  }

  @Test func `a path that is not UTF-8 is told with replacements`() {
    #expect(NumberedDiff.unquoted(Array(#""\377x""#.utf8)[...]) == [0xFF, 0x78])
    #expect(files("1\t1\t\"\\377x\"\n").map(\.path) == ["\u{FFFD}x"])
  }

  @Test func `numbers that no file has lines for are none`() {
    let found = files("4294967295\t0\ta\n9223372036854775807\t-1\tb\n")
    #expect(found.map(\.insertions) == [4_294_967_295, 0])
    #expect(found.map(\.deletions) == [0, 0])
    #expect(found.map(\.isBinary) == [false, true])
  }

  @Test func `a tab in a path stays in the path`() {
    #expect(files("1\t2\ta\tb\n").map(\.path) == ["a\tb"])
  }
}

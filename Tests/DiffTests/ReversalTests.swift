import Testing

@testable import Diff

@Suite struct ReversalTests {
  private func reversed(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    let diff = UnifiedDiff(parsing: bytes.span)
    return Reversal.bytes(of: diff, in: bytes.span).map { String(decoding: $0, as: UTF8.self) }
  }

  // P-28
  @Test func `what was added is removed, and removed lines come first`() {
    let text =
      header("x y") + """
        index 1..2 100644
        --- a/x y\t
        +++ b/x y\t
        @@ -1,4 +1,3 @@ func f()
         a
        -b
        -c
        +d
         e
        @@ -8,2 +7,3 @@
         h
        -f
        \\ No newline at end of file
        +f
        +g

        """
    let expected =
      header("x y") + """
        index 2..1 100644
        --- a/x y\t
        +++ b/x y\t
        @@ -1,3 +1,4 @@ func f()
         a
        -d
        +b
        +c
         e
        @@ -7,3 +8,2 @@
         h
        -f
        -g
        +f
        \\ No newline at end of file

        """
    #expect(reversed(text) == expected)
  }

  @Test(arguments: [
    section("x"), section("x").replacing("\n", with: "\r\n"), section("café.py"),
    header("x") + "old mode 100644\nnew mode 100755\n",
    header("x") + "new file mode 100644\nindex 0000000..e69de29\n",
    header("x", "y z") + "similarity index 100%\nrename from x\nrename to y z\n",
    section("x") + section("y"),
  ])
  func `twice reversed says what the first one said`(text: String) throws {
    let once = try #require(reversed(text))
    let twice = try #require(reversed(once))
    let (one, two) = (parse(text), parse(twice))
    #expect(two.faults.isEmpty)
    #expect(one.touched == two.touched)
    #expect(one.counts == two.counts)
    #expect(one.files.map(\.kind) == two.files.map(\.kind))
    #expect(one.files.map(\.newMode) == two.files.map(\.newMode))
  }

  @Test func `a new file leaves its name before what had been there comes back`() throws {
    let rename = header("x", "y") + "similarity index 100%\nrename from x\nrename to y\n"
    let new = header("x") + "new file mode 100644\n"
    for text in [new + rename, rename + new] {
      #expect(parse(text).faults.isEmpty)
      let back = parse(try #require(reversed(text)))
      #expect(back.faults.isEmpty)
      #expect(back.files.map(\.kind) == [.delete, .rename])
    }
  }

  @Test func `a new file without a mode goes away, and how to make it again is not known`() {
    let gone = reversed("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+y\n")
    #expect(gone == "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\n")
  }

  @Test(arguments: [
    "", header("x") + "index 1..2 100644\nBinary files a/x and b/x differ\n", section("../x"),
    "diff --cc x\nindex 1,2..3\n@@@ -1,1 -1,1 +1,1 @@@\n++d\n- a\n -b\n",
    "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\n",
    header("x", "y") + "similarity index 100%\ncopy from x\ncopy to y\n",
  ])
  func `what the text does not hold can't be taken back`(text: String) {
    #expect(reversed(text) == nil)
  }
}

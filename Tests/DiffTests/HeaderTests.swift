import Testing

@testable import Diff

/// git takes lines of headers in places where it never writes them: there they are faults.
@Suite struct HeaderTests {
  private let names = "--- a/x\n+++ b/x\n"
  private let hunk = "@@ -1 +1 @@\n-a\n+b\n"
  private let mode = "old mode 100644\nnew mode 100755\n"

  @Test(arguments: [
    "rename from .env\nrename to x\n", "copy from .env\ncopy to x\n", "new file mode 120000\n",
    "deleted file mode 100644\n", "old mode 100644\n", "new mode 120000\n", "index 1..2\n",
    "similarity index 100%\n", "dissimilarity index 9%\n", "rename old .env\n", "+++ b/.env\n",
    "--- a/.env\n", "--- a/x\n+++ b/x\n",
  ])
  func `behind the names of the files`(late: String) {
    #expect(parse(header("x") + mode + names + late).codes == [.headerOrder])
    #expect(parse(header("x") + mode + names + late + hunk).codes.first == .headerOrder)
    #expect(parse(header("x") + mode + names + late + hunk).faults.first?.line == 6)
    // The control: below the hunks they are a sentence like others.
    #expect(parse(section("x") + "index 1..2\n").faults.isEmpty)
  }

  @Test func `one name without the other`() {
    #expect(parse(header("x") + "--- a/x\n" + mode).codes == [.headerOrder])
    #expect(parse(header("x") + mode + "+++ b/.env\n").codes == [.headerOrder])
  }

  @Test func `a line that begins two sections gives its names to both`() {
    let new = header("new") + "new file mode 100644\n"
    #expect(parse(header("new") + new).codes == [.headerTwice])
    #expect(parse(header(".env") + header("x") + mode).codes == [.headerTwice])
    #expect(parse(header(".env") + "as said\n" + header("x") + mode).codes == [.headerTwice])
    let plain = "--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+y\n"
    #expect(parse(header(".env") + "as said\n" + plain).codes == [.headerTwice])
    // With names of its own git compares them; and a section in between ends it.
    #expect(parse(header(".env") + "as said\n" + section("x") + header("y") + mode).faults == [])
  }

  @Test func `a side that does not exist is one in the header, too`() {
    let added = "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+y\n"
    #expect(parse(header("x") + added).codes == [.nullDevice])
    #expect(parse(header("x") + "new file mode 100644\n" + added).faults.isEmpty)
    let gone = "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\n"
    #expect(parse(header("x") + gone).codes == [.nullDevice])
    #expect(parse(header("x") + "deleted file mode 100644\n" + gone).faults.isEmpty)
  }

  @Test func `what git passes over is told`() {
    #expect(parse(header("x") + hunk).codes.first == .hunkOrphan)
    #expect(parse(header("x") + "Binary files a/x and b/x differ\n").codes == [.binary])
    let binary = "GIT binary patch\r\nliteral 0\nHcmV?d00001\n\n"
    #expect(parse(header("x") + "new file mode 100644\n" + binary).codes == [.binary])
    #expect(parse(header("x") + "rename from x\nrename to x\n").codes == [.noChange])
  }

  @Test func `names that are too long are not looked at`() {
    let long = String(repeating: "x ", count: 40_000)
    #expect(parse(header(long) + mode).codes == [.pathLength])
  }

  @Test(arguments: [
    header("x") + "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b",
    header("x") + "old mode 100644\nnew mode 100755",
    header("x", "y") + "rename from x\nrename to y",
  ])
  func `a last line without its newline may be half of one`(text: String) {
    #expect(parse(text).codes.first == .cutOff)
    #expect(parse(text + "\n").faults.isEmpty)
    // The words of a marker and those around a diff don't matter.
    #expect(parse(section("x") + "\\ No newline at end of file").faults.isEmpty)
    #expect(parse(section("x") + "that is all").faults.isEmpty)
  }

  @Test func `a byte order mark hides the first header`() {
    #expect(parse("\u{FEFF}" + section("x")).codes.first == .byteOrderMark)
    #expect(parse("\u{FEFF}--- a/x\n+++ b/x\n" + hunk).codes.first == .byteOrderMark)
    #expect(parse("\u{FEFF}Hello,\n" + section("x")).faults.isEmpty)
  }
}

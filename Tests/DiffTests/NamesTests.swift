import Testing

@testable import Diff

@Suite struct NamesTests {
  // P-01, P-02, P-03, P-04, P-09, P-10
  @Test(arguments: [
    "api/x.py", "app.py", "a/a.py", "a", "a/a", "b/x", "my file.py", "my .env", "dir x/.env",
  ])
  func `a name is what stands behind the prefix, whatever letters it begins with`(path: String) {
    let diff = parse(section(path))
    #expect(diff.faults.isEmpty)
    #expect(diff.touched == [path])
  }

  // P-11
  @Test(arguments: ["x b/x", "x", "a b", "b/x b/x", "x y b/x y"])
  func `the equal halves of a header are the name when no other line has it`(path: String) {
    let diff = parse(header(path) + "old mode 100644\nnew mode 100755\n")
    #expect(diff.faults.isEmpty)
    #expect(diff.touched == [path])
    #expect(diff.files.first?.kind == .mode)
  }

  // P-06
  @Test func `both sides of a rename are touched`() {
    let diff = parse(
      header("old.py", "new.py")
        + "similarity index 90%\nrename from old.py\nrename to new.py\nindex 1..2 100644\n"
        + "--- a/old.py\n+++ b/new.py\n@@ -1 +1 @@\n-a\n+b\n")
    #expect(diff.faults.isEmpty)
    #expect(diff.touched == ["old.py", "new.py"])
    #expect(diff.files.first?.kind == .rename)
    #expect(diff.files.first?.similarity == 90)
  }

  // P-08
  @Test func `a rename without hunks hides neither side`() {
    let diff = parse(
      header("x", ".env") + "similarity index 100%\nrename from x\nrename to .env\n")
    #expect(diff.touched == ["x", ".env"])
    #expect(diff.faults.isEmpty)
  }

  // P-07
  @Test func `a copy touches its target alone`() {
    let diff = parse(header("x", "y") + "similarity index 100%\ncopy from x\ncopy to y\n")
    #expect(diff.touched == ["y"])
    #expect(diff.files.first?.oldPath?.text == "x")
    #expect(diff.files.first?.kind == .copy)
  }

  // P-12, P-13
  @Test func `names in quotes are what their escapes stand for`() {
    let quoted = #"diff --git "a/caf\303\251.py" "b/caf\303\251.py""# + "\nold mode 100644\n"
    #expect(parse(quoted + "new mode 100755\n").touched == ["café.py"])
    let hidden = #"diff --git "a/\056env" "b/\056env""# + "\nold mode 100644\nnew mode 100755\n"
    #expect(parse(hidden).touched == [".env"])
    let half = #"diff --git "a/\056env" b/.env"# + "\nold mode 100644\nnew mode 100755\n"
    #expect(parse(half).touched == [".env"])
  }

  @Test func `a name that is no UTF-8 is told in quotes`() {
    let text = #"diff --git "a/\377x" "b/\377x""# + "\nold mode 100644\nnew mode 100755\n"
    #expect(parse(text).touched == [#""\377x""#])
    #expect(parse(text).filesTouched.first?.bytes == [0xFF, 0x78])
  }

  @Test(arguments: [#""a/x"#, #""a/\q" "b/\q""#, #""a/\400" "b/\400""#, #""a/x\" b/x"#])
  func `quotes that do not close and escapes that C has not are refused`(names: String) {
    #expect(
      parse("diff --git \(names)\nold mode 100644\nnew mode 100755\n").codes == [.quoting])
  }

  // P-14, P-15
  @Test(arguments: [("i/", "w/"), ("c/", "i/"), ("", ""), ("1/", "2/"), ("old/", "new/")])
  func `other prefixes are found by comparing both names`(old: String, new: String) {
    let lines = "--- \(old)d/x.py\n+++ \(new)d/x.py\n@@ -1 +1 @@\n-a\n+b\n"
    #expect(parse("diff --git \(old)d/x.py \(new)d/x.py\n" + lines).touched == ["d/x.py"])
    #expect(parse(lines).touched == ["d/x.py"])
  }

  // P-14
  @Test func `without prefixes a folder called a stays part of the name`() {
    let lines = "--- a/b.py\n+++ a/b.py\n@@ -1 +1 @@\n-a\n+b\n"
    #expect(parse(lines).touched == ["a/b.py"])
    #expect(parse("diff --git a/b.py a/b.py\n" + lines).touched == ["a/b.py"])
  }

  @Test func `dates behind names and backup copies are no part of the name`() {
    let dated = "--- x.c.orig\t2024-01-01 10:00:00\n+++ x.c\t2024-01-02 10:00:00\n"
    #expect(parse(dated + "@@ -1 +1 @@\n-a\n+b\n").touched == ["x.c"])
    let new = "--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+b\n"
    #expect(parse(new).files.first?.kind == .add)
    let zero = "--- n.c\t1970-01-01 00:00:00\n+++ n.c\t2024-01-02 10:00:00\n@@ -0,0 +1 @@\n+b\n"
    #expect(parse(zero).files.first?.kind == .add)
  }

  @Test func `names that disagree are refused`() {
    let text = header("x") + "--- a/x\n+++ b/.env\n@@ -1 +1 @@\n-a\n+b\n"
    #expect(parse(text).codes == [.names])
    #expect(parse("--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n").codes == [.names])
    let rename = header("x", "y") + "rename from x\nrename to z\n"
    #expect(parse(rename).codes == [.names])
    #expect(parse(header("x", "y") + "rename from x\n").codes == [.names])
    #expect(parse(header("x", "y") + "old mode 100644\nnew mode 100755\n").codes == [.noName])
  }
}

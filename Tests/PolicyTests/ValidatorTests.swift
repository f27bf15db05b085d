import Diff
import JSON
import Testing

@testable import Policy

@Suite struct ValidatorTests {
  private static let limits = """
    {"max_files_changed":10,"max_lines_changed":500,"require_issue_ref":false,
     "forbid_touching_paths":
       ["\\\\.git/","\\\\.env","secrets\\\\.yaml","__pycache__/","\\\\.venv/"]}
    """

  private func files(_ count: Int, lines: Int = 1) -> String {
    (0..<count).map { section("f\($0).py", lines: lines) }.joined()
  }

  // V-01, V-02
  @Test(arguments: [
    "diff --git a/x b/x\n@@ nonsense\n", "", "hello\n",
    "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,50 +1,50 @@\n-a\n+b\n",
  ])
  func `what is no diff fails its format`(text: String) throws {
    let found = try verdict(text)
    #expect(!found.formatOK)
    #expect(!found.isOK)
  }

  // V-03, V-04, V-06
  @Test(arguments: [
    "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n",
    "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
    "diff --git a/x b/x\nnew file mode 100644\nindex 0000000..e69de29\n",
    "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
    "--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n a\n+Binary files a and b differ\n",
  ])
  func `patches without hunks, and plain ones, are fine`(text: String) throws {
    #expect(try verdict(text, Self.limits).problems == [])
  }

  // V-07
  @Test(arguments: [
    ".environment.yml", "src/my.envelope.py", "docs/foo.git/readme.md", "config/my_secrets.yaml",
    "secrets.yml",
  ])
  func `names that only resemble forbidden ones are fine`(path: String) throws {
    #expect(try verdict(section(path), Self.limits).isOK)
  }

  // V-08
  @Test(arguments: [".env", ".ENV", "a/.env", "Secrets.yaml", ".venv", ".venv/x", "__pycache__/x"])
  func `forbidden paths, whatever their case`(path: String) throws {
    let found = try verdict(section(path), Self.limits)
    #expect(found.codes == ["forbidden_path"])
    #expect(!found.constraintsOK)
    #expect(found.formatOK)
  }

  // V-08, V-09
  @Test(arguments: [".git", ".GIT/config", "../../etc/passwd", "/etc/passwd", "a/./.env", #"C:\x"#])
  func `git's folder and what leads outside are refused without any rule`(path: String) throws {
    let found = try verdict(section(path))
    #expect(!found.formatOK)
    #expect(found.problems.count == 1)
  }

  @Test func `names with control characters are refused`() throws {
    for name in [#""b/x\ny""#, #""b/x\033[1m""#, #""b/x\177""#] {
      let text =
        "diff --git \(name.replacing("b/", with: "a/")) \(name)\nold mode 100644\nnew mode 100755\n"
      #expect(try verdict(text).codes == ["path_control"])
    }
  }

  // V-08
  @Test func `a rule can forbid another spelling of a file`() throws {
    let rule = #"{"require_issue_ref":false,"forbid_touching_paths":["secrets\\.ya?ml"]}"#
    for path in ["secrets.yml", "a/Secrets.YAML"] {
      #expect(try verdict(section(path), rule).codes == ["forbidden_path"])
    }
    #expect(try verdict(section("secrets.txt"), rule).isOK)
  }

  // P-06, P-08
  @Test func `both sides of a rename are looked at`() throws {
    let to = "diff --git a/x b/.env\nsimilarity index 100%\nrename from x\nrename to .env\n"
    let from = "diff --git a/.env b/x\nsimilarity index 100%\nrename from .env\nrename to x\n"
    #expect(try verdict(to, Self.limits).codes == ["forbidden_path"])
    #expect(try verdict(from, Self.limits).codes == ["forbidden_path"])
  }

  // V-16, X-06
  @Test func `limits are inclusive, and clear the flag of the scope`() throws {
    #expect(try verdict(files(10, lines: 50), Self.limits).isOK)
    let many = try verdict(files(11, lines: 46), Self.limits)
    #expect(many.codes == ["too_many_files", "too_many_lines"])
    #expect(!many.scopeOK)
    #expect(many.constraintsOK)
  }

  // V-13
  @Test func `every problem is told`() throws {
    let text = files(11, lines: 60) + section(".env") + section("a/.env") + section("../x")
    let found = try verdict(text, Self.limits)
    #expect(
      found.codes == [
        "path_dots", "too_many_files", "too_many_lines", "forbidden_path", "forbidden_path",
      ])
    #expect(!found.formatOK && !found.scopeOK && !found.constraintsOK)
  }

  // P-17, V-05, V-10, X-06
  @Test func `binary patches, symbolic links that lead outside, submodules and merges`() throws {
    let binary = "diff --git a/x b/x\nindex 1..2 100644\nBinary files a/x and b/x differ\n"
    #expect(try verdict(binary).codes == ["binary_forbidden"])
    let allowed = #"{"require_issue_ref":false,"forbid_binary_patches":false}"#
    #expect(try verdict(binary, allowed).isOK)
    func link(_ path: String, _ target: String) -> String {
      "diff --git a/\(path) b/\(path)\nnew file mode 120000\n--- /dev/null\n+++ b/\(path)\n"
        + "@@ -0,0 +1 @@\n+\(target)\n\\ No newline at end of file\n"
    }
    for (path, target) in [
      ("x", "/etc/passwd"), ("x", "../y"), ("a/x", "../../y"), ("x", "a/../../y"),
    ] {
      #expect(try verdict(link(path, target)).codes == ["symlink_outside"])
    }
    for (path, target) in [("x", "y"), ("a/x", "../y"), ("x", "./a/../y")] {
      #expect(try verdict(link(path, target)).isOK)
    }
    let module =
      "diff --git a/m b/m\nindex 1..2 160000\n--- a/m\n+++ b/m\n@@ -1 +1 @@\n"
      + "-Subproject commit 1\n+Subproject commit 2\n"
    #expect(try verdict(module).codes == ["submodule"])
    let merge = "diff --cc x\nindex 1,2..3\n@@@ -1,1 -1,1 +1,1 @@@\n++d\n- a\n -b\n"
    #expect(try verdict(merge).codes == ["combined_diff"])
  }

  // X-06
  @Test func `formats, issues and ASCII`() throws {
    let only = #"{"require_issue_ref":false,"allowed_formats":["other"]}"#
    #expect(try verdict(section("x"), only).codes == ["format_not_allowed"])
    #expect(try verdict(section("x"), "{}").codes == ["issue_ref_missing"])
    #expect(try verdict(section("x"), "{}") { $0.hasIssue = true }.isOK)
    let text = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-é\n é\n+b\n"
    #expect(try verdict(text) { $0.asciiOnly = true }.isOK)
    let wide = "--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+b\n+é\n"
    let found = try verdict(wide) { $0.asciiOnly = true }
    #expect(found.codes == ["not_ascii"])
    #expect(found.problems.first?.line == 6)
    #expect(try verdict(section("é")) { $0.asciiOnly = true }.codes == ["not_ascii"])
    #expect(try verdict(wide).isOK)
  }

  @Test(arguments: [
    (#"{"write":["src/**"],"create":["tests/**"],"forbidden":["src/secret/**"]}"#, "src/a", true),
    (#"{"write":["src/**"],"create":["tests/**"],"forbidden":["src/secret/**"]}"#, "lib/a", false),
    (#"{"write":["src/**"],"forbidden":["src/secret/**"]}"#, "src/secret/a", false),
    (#"{"write":[]}"#, "x", false), (#"{}"#, "x", true), (#"{"create":["**"]}"#, "x", false),
    (#"{"read":["**"]}"#, "x", false), (#"{"forbidden":["y"]}"#, "x", true),
    (#"{"forbidden":["SRC/**"]}"#, "src/x", false), (#"{"write":["glob:src/**"]}"#, "src/a", true),
  ])
  func `a patch stays inside of what its request may write`(
    scope: String, path: String, wanted: Bool
  ) throws {
    let document = try JSONDocument(parsing: Array(scope.utf8))
    let found = try verdict(section(path)) {
      $0.scopes = [try ResourceScope(document, document.root, owner: "request R")]
    }
    #expect(found.isOK == wanted)
    #expect(found.codes == (wanted ? [] : ["files_scope_violation"]))
    #expect(found.problems.allSatisfy { $0.message.contains("request R") })
  }

  @Test func `new files, renames and deletions ask for the right list`() throws {
    let document = try JSONDocument(
      parsing: Array(#"{"write":["src/**"],"create":["new/**"]}"#.utf8))
    func codes(_ text: String) throws -> [String] {
      try verdict(text) {
        $0.scopes = [try ResourceScope(document, document.root, owner: "phase f")]
      }.codes
    }
    func added(_ path: String) -> String {
      "diff --git a/\(path) b/\(path)\nnew file mode 100644\nindex 0000000..e69de29\n"
    }
    func moved(_ old: String, _ new: String, _ word: String) -> String {
      "diff --git a/\(old) b/\(new)\nsimilarity index 100%\n"
        + "\(word) from \(old)\n\(word) to \(new)\n"
    }
    let outside = ["files_scope_violation"]
    #expect(try codes(added("new/x")) == [])
    #expect(try codes(added("src/x")) == outside)
    #expect(try codes(moved("src/x", "new/x", "rename")) == [])
    #expect(try codes(moved("src/x", "src/y", "rename")) == outside)
    #expect(try codes(moved("lib/x", "new/x", "rename")) == outside)
    #expect(try codes(moved("lib/x", "new/x", "copy")) == [])
    // What may be there already is made and changed.
    func plain(_ path: String) -> String { "--- a/\(path)\n+++ b/\(path)\n@@ -0,0 +1 @@\n+x\n" }
    #expect(try codes(plain("src/x")) == outside)
    #expect(try codes(plain("new/x")) == outside)
    let gone = "diff --git a/lib/x b/lib/x\ndeleted file mode 100644\nindex e69de29..0000000\n"
    #expect(try codes(gone) == outside)
  }
}

import Diff
import Patterns
import Testing

@testable import Policy

@Suite struct PathRuleTests {
  // V-07, V-11
  @Test(arguments: [
    (#"\.env"#, ".env", true), (#"\.env"#, "a/.env", true), (#"\.env"#, ".environment.yml", false),
    (#"\.env"#, "src/my.envelope.py", false), (#"\.env"#, "my .env", false),
    (#"\.env"#, ".ENV", true), (#"\.git/"#, ".git/config", true), (#"\.git/"#, ".GIT/config", true),
    (#"\.git/"#, ".git", true), (#"\.git/"#, "docs/foo.git/readme.md", false),
    (#"\.git/"#, ".github/x", false), (#"\.venv/"#, ".venv", true),
    (#"\.venv/"#, "a/.venv/b/c", true),
    (#"secrets\.yaml"#, "config/my_secrets.yaml", false),
    (#"secrets\.yaml"#, "config/secrets.yaml", true), (#"secrets\.yaml"#, "secrets_yaml", false),
    (#"core/.*\.py"#, "core/a/x.py", true), (#"core/.*\.py"#, "score/x.py", false),
    (#"core/.*\.py"#, "src/core/x.py", true), (#"core/.*\.py"#, "core/x.pyc", false),
    (#"legacy/.*"#, "nonlegacy/x", false), (#"legacy/.*"#, "legacy/x/y", true),
    ("a|b", "a", true), ("a|b", "xa", false), ("a|b", "b/c", false),
    ("glob:.env", "x/.env", true), ("glob:secrets/*", "secrets/a", true),
    ("glob:secrets/*", "secrets/a/b", false), ("glob:secrets/*", "x/secrets/a", false),
    ("glob:**/*.pyc", "a.pyc", true), ("glob:**/*.pyc", "a/b/c.pyc", true),
    ("glob:**/__pycache__/**", "a/__pycache__/b/c", true), ("glob:src/**/*.py", "src/x.py", true),
    ("glob:src/**/*.py", "src/a/b/x.py", true), ("glob:src/**/*.py", "lib/src/x.py", false),
    ("glob:src/", "src/a/b", true), ("glob:src/", "src", false), ("glob:/a?c", "abc", true),
    ("glob:a?c", "a/c", false), ("glob:a.c", "abc", false), ("glob:[x](y)", "[x](y)", true),
    (#"caf\u00e9"#, "café", true), (#"CAF\u00C9"#, "café", true),
    ("Makefile", "MAKEFILE", true), ("Makefile", "makefile", true),
    ("Secrets.yaml", "secrets.YAML", true),
    ("glob:Secrets/**", "secrets/x", true), ("glob:**/*.PY", "a/b.py", true),
    ("SRC/", "src/x", true),
    (#"[A-Z]+\.Key"#, "server.key", true), (#"\S+\.Key"#, "a.key", true),
    (#"\S+\.Key"#, " .key", false),
    ("Makefile", "makefiles", false), ("glob:keys/**/", "keys/a", true),
    ("glob:keys/**/", "keys/a/b", true), ("glob:keys/**/", "keysx/a", false),
    ("glob:/keys/", "keys/a", true), ("glob:app/[id]/x", "app/[id]/x", true),
  ])
  func `whole parts of a path are matched`(rule: String, path: String, wanted: Bool) throws {
    #expect(try PathRule(rule).matchesFoldingCase(DiffPath(path)) == wanted)
  }

  // V-17
  @Test func `an expression that takes other matchers for ever takes linear time`() throws {
    let rule = try PathRule("(a+)+")
    let path = DiffPath(String(repeating: "a", count: 4_000) + "!")
    #expect(!rule.matches(path))
  }

  @Test(arguments: ["(", "[", "a{", "(?=x)", "\\"]) func `what is no expression`(text: String) {
    #expect(throws: (any Error).self) { try PathRule(text) }
  }

  @Test(arguments: [
    "", "glob:", "glob:[", "glob:/", "/", "/a.txt", "./a.txt", "../a", "glob:./a", "secrets/*",
    "src/**",
    "*.pyc", "**/x",
  ])
  func `a rule that no path matches is refused where it stands`(text: String) throws {
    #expect(throws: PatternError.self) { try PathRule(text) }
    let rules = "{\"forbid_touching_paths\":[\"x\",\"\(text)\"]}"
    let error = #expect(throws: PolicyError.self) { try policy(rules) }
    #expect(error?.pointer == "/constraints/forbid_touching_paths/1")
    #expect(error?.file == "global.json")
  }

  @Test func `a glob without its word is told the word`() throws {
    let error = #expect(throws: PatternError.self) { try PathRule("secrets/*") }
    #expect(error?.message.contains("glob:secrets/*") == true)
  }

  @Test func `a scope's globs need no word`() throws {
    #expect(try PathRule(glob: "src/**").matches(DiffPath("src/a/b")))
    #expect(try !PathRule(glob: "src/**").matches(DiffPath("srcs/a")))
    for text in ["glob:src/**", "./src/**", "glob:./src/**"] {
      #expect(try PathRule(glob: text).matches(DiffPath("src/a/b")))
      #expect(try PathRule(glob: text).text == "src/**")
    }
    #expect(throws: PatternError.self) { try PathRule(glob: "") }
  }
}

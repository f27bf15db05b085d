import Diff
import JSON
import Testing

@testable import Policy

@Suite struct ScopeContainmentTests {
  @Test(arguments: [
    ("src/**", "src/a.py", true), ("src/**", "src/**", true), ("src/**", "src/a/**", true),
    ("src/**", "src/**/x.py", true), ("src/**", "src/*", true), ("src/*", "src/**", false),
    ("src/**", "lib/a", false), ("src/**", "**", false), ("**", "src/**", true),
    ("**", "*.py", true), ("*.py", "src/*.py", true), ("*.py", "src/**/a.py", true),
    ("src/*.py", "*.py", false), ("*.py", "*.pyc", false), ("src/", "src/a/b", true),
    ("src/**", "src", false), ("/a", "/a", true), ("a", "/a", true), ("/a", "a", false),
    ("src/?.py", "src/a.py", true), ("src/?.py", "src/*.py", false), ("src/a*", "src/ab*c", true),
    ("src/a*", "src/a**", false), ("src/**/t/*", "src/a/t/b", true),
    ("src/**/t/*", "src/t/*.py", true), ("src/*/t", "src/t", false),
  ])
  func `a glob covers another one`(outer: String, inner: String, covers: Bool) throws {
    #expect(GlobCover.covers(outer, inner) == covers)
    // What it takes for covered is so, seen at the paths that the inner one names itself.
    guard covers, !inner.contains("*"), !inner.contains("?") else { return }
    let path = inner.hasPrefix("/") ? String(inner.dropFirst()) : inner
    #expect(try PathRule(glob: outer).matches(DiffPath(path)))
  }

  @Test func `many stars end`() {
    let many = String(repeating: "**/a/", count: 2_000) + "b"
    #expect(!GlobCover.covers(many, String(repeating: "a/", count: 2_000) + "c"))
  }

  private func scope(_ json: String, _ owner: String) throws -> ResourceScope {
    let document = try JSONDocument(parsing: Array(json.utf8))
    return try ResourceScope(document, document.root, owner: owner)
  }

  @Test(arguments: [
    (#"{"write":["src/a/**"]}"#, #"{"write":["src/**"]}"#, 0),
    (#"{"write":["src/**","lib/x"]}"#, #"{"write":["src/**"]}"#, 1),
    (#"{"create":["lib/x"]}"#, #"{"write":["src/**"]}"#, 1),
    (#"{"read":["**"],"write":["**"]}"#, #"{"read":["src/**"],"write":["src/**"]}"#, 2),
    (#"{"write":["src/**"]}"#, "{}", 0), ("{}", #"{"write":["src/**"]}"#, 0),
    (#"{"forbidden":["x"]}"#, #"{"forbidden":["x","y"]}"#, 1),
    (#"{"forbidden":["**"]}"#, #"{"forbidden":["x","y"]}"#, 0),
    ("{}", #"{"forbidden":["x"]}"#, 0),
  ])
  func `a request asks for no more than its phase allows`(
    request: String, phase: String, count: Int
  ) throws {
    let problems = ScopeContainment.problems(
      of: try scope(request, "request R"), in: try scope(phase, "phase p"))
    #expect(problems.map(\.code) == Array(repeating: "files_scope_violation", count: count))
    #expect(problems.allSatisfy { $0.check == .scope && $0.message.contains("phase p") })
  }

  @Test func `more globs than can be compared count as outside`() throws {
    func globs(_ folder: String, _ count: Int) -> String {
      let list = (0..<count).map { "\"\(folder)\($0)/*\"" }.joined(separator: ",")
      return "{\"write\":[\(list)]}"
    }
    let same = ScopeContainment.problems(
      of: try scope(globs("a", 4_000), "request R"), in: try scope(globs("a", 4_000), "phase p"))
    #expect(same.isEmpty)
    let other = ScopeContainment.problems(
      of: try scope(globs("a", 4_000), "request R"), in: try scope(globs("b", 4_000), "phase p"))
    #expect(other.count == 4_001)
    #expect(other.last?.message.contains("too many globs") == true)
  }

  @Test func `a request may allow fewer changed lines, not more`() {
    func code(_ asked: Int?, _ most: Int?) -> String? {
      ScopeContainment.problem(ofLines: asked, "request R", in: most, "phase p")?.code
    }
    #expect(code(301, 300) == "constraint_weakened")
    #expect(code(300, 300) == nil)
    #expect(code(nil, 300) == nil)
    #expect(code(301, nil) == nil)
  }
}

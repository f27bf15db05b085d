import TestSupport
import Testing

@testable import Runner

@Suite(.hangLimit) struct GitRepositoryTests {
  private let fixture: GitFixture
  private let repository: GitRepository

  init() throws {
    fixture = try GitFixture()
    try fixture.write("a", "a\n")
    try fixture.commit("one")
    repository = try GitRepository(around: fixture.path)
  }

  private func tip() throws -> String { try #require(try repository.head()) }

  @Test func `a trailer is one at the end of a message only`() throws {
    let base = try tip()
    for message in ["x\n\nUetlog-Patch: P\n\nsaid somebody", "say Uetlog-Patch: P in a line"] {
      try fixture.commit(message)
    }
    func found(_ value: String) throws -> [String] {
      try repository.commits(withTrailer: "Uetlog-Patch", value, in: tip(), since: base)
    }
    #expect(try found("P") == [])
    try fixture.commit("x\n\nUetlog-Patch: P")
    let first = try tip()
    try fixture.commit("x\n\nUetlog-Patch: Q\nUetlog-Patch: P")
    #expect(try found("P") == [tip(), first])
    #expect(try found("Q") == [tip()])
    try fixture.commit("x\n\nUetlog-Patch: PP")
    #expect(try found("P").count == 2)
  }

  @Test func `a move takes no file that is the user's`() throws {
    let old = try tip()
    try fixture.write("a", "b\n")
    try fixture.write("b", "b\n")
    try fixture.write("c", "c\n")
    try fixture.commit("two")
    let new = try tip()
    func paths() throws -> [String] { try repository.move("main", from: old, to: new).paths }
    try fixture.git("reset", "-q", "--hard", old)
    #expect(try paths() == ["a", "b", "c"])
    // Even one with the very bytes that would come.
    try fixture.write("b", "b\n")
    #expect(try paths() == ["a", "c"])
    try fixture.write("a", "mine\n")
    #expect(try paths() == ["c"])
  }
}

import Bytes
import Engine
import Events
import TestSupport
import Testing

@testable import Commands

@Suite struct FollowCursorTests {
  @Test func `a cursor is one reader's alone, for as long as it reads`() throws {
    let place = try TemporaryDirectory()
    place.directory("log")
    let log = place.path + "/log"
    var first: FollowCursor? = try FollowCursor(log: log, name: "mirror", conditions: "")
    try first?.save(Position(3))
    let error = try #require(throws: LogError.self) {
      try FollowCursor(log: log, name: "mirror", conditions: "")
    }
    #expect(error.code == .busy)
    #expect(ExitCode(error.code) == .temporary)
    #expect(error.message.contains("mirror"))
    // Another name is free.
    let other = try FollowCursor(log: log, name: "other", conditions: "")
    #expect(try other.load(end: Position(9)) == nil)
    first = nil
    let second = try FollowCursor(log: log, name: "mirror", conditions: "")
    #expect(try second.load(end: Position(9)) == Position(3))
  }
}

@Suite struct OptionValueTests {
  @Test func `a wrong value of an option is an error of the command line`() throws {
    let run = try #require(throws: LogError.self) { try ULID.parse("7", option: "--run") }
    #expect(ExitCode(run.code) == .usage)
    #expect(run.message.hasPrefix("--run \"7\"") && run.pointer == nil)
    let time = try #require(throws: LogError.self) { try Timestamp.parse("soon", option: "--ts") }
    #expect(ExitCode(time.code) == .usage)
    for text in ["0", "-1", "", "01ARZ3NDEKTSV4RRFFQ69G5FA"] {
      let event = try #require(throws: LogError.self) { try EventReference.parse(text) }
      #expect(ExitCode(event.code) == .usage)
    }
    // In a draft the same text is bad input.
    let field = try #require(throws: LogError.self) { try ULID.parse("7", field: "run_id") }
    #expect(ExitCode(field.code) == .badInput)
  }

  @Test func `right values are read`() throws {
    let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    #expect(try ULID.parse(id, option: "--run").description == id)
    #expect(try EventReference.parse("42") == .position(Position(42)))
    #expect(
      try Timestamp.parse("2026-11-22T15:04:05Z", option: "--ts").description
        == "2026-11-22T15:04:05Z")
  }
}

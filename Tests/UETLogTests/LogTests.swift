import Foundation
import Testing
import UETLog

/// The library as another package sees it: these tests are built under another package's name, so
/// that only public declarations are in reach.
struct LogTests {
  private let directory: String

  init() throws {
    directory = NSTemporaryDirectory() + "uetlog-library-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func withLog(_ body: (Log) async throws -> Void) async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(Log(at: directory + "/log"))
  }

  private func note(_ text: String) -> Log.Draft {
    Log.Draft("note", payload: #"{"text":"\#(text)"}"#)
  }

  private let spawned = Log.Draft(
    "worker_spawned", payload: #"{"worker_id":"w1","adapter_type":"aider"}"#)

  @Test func `an appended event is read back whole`() async throws {
    try await withLog { log in
      var draft = spawned
      draft.source = "tests"
      draft.labels = ["host": "here"]
      draft.time = "2026-11-22T10:00:00Z"
      let receipt = try log.append(draft)
      #expect(receipt.position == 1 && receipt.stream == "worker-w1" && receipt.revision == 1)
      let event = try log.event(at: 1)
      #expect(event.id == receipt.id && event.type == "worker_spawned")
      #expect(event.payload == draft.payload)
      #expect(event.source == "tests" && event.labels == ["host": "here"])
      #expect(event.time.hasPrefix("2026-11-22T10:00:00"))
      let last = try log.lastPosition
      #expect(last == 1)
    }
  }

  @Test func `the same id is stored once`() async throws {
    try await withLog { log in
      var draft = note("a")
      draft.id = "01KAPB3XNT4N8J207R1DBFRF6D"
      let first = try log.append(draft)
      let second = try log.append(draft)
      #expect(!first.isDuplicate && second.isDuplicate)
      #expect(first.position == second.position)
      draft.payload = #"{"text":"b"}"#
      #expect(throws: Log.Failure.self) { try log.append(draft) }
    }
  }

  @Test func `of drafts that are appended together a bad one stores none`() async throws {
    try await withLog { log in
      let bad = Log.Draft("circuit_closed", payload: #"{"tool_id":"none"}"#)
      let failure = #expect(throws: Log.Failure.self) { try log.append([note("a"), bad]) }
      #expect(failure?.message.isEmpty == false)
      let last = try log.lastPosition
      #expect(last == 0)
      #expect(try log.append([note("a"), note("b")]).map(\.position) == [1, 2])
    }
  }

  @Test func `a failure says what was wrong`() async throws {
    try await withLog { log in
      let failure = #expect(throws: Log.Failure.self) {
        try log.append(Log.Draft("note", payload: #"{"text":7}"#))
      }
      #expect(failure?.code == "violation" && failure?.pointer == "/text")
      let stale = #expect(throws: Log.Failure.self) {
        var draft = note("a")
        draft.expectedRevision = 3
        try log.append(draft)
      }
      #expect(stale?.code == "conflict")
    }
  }

  @Test func `events come in order, and those stored meanwhile too`() async throws {
    try await withLog { log in
      for text in ["a", "b", "c"] { try log.append(note(text)) }
      var seen: [UInt64] = []
      for try await event in log.events() {
        seen.append(event.position)
        if event.position == 3 { try log.append(note("d")) }
        if event.position == 4 { break }
      }
      #expect(seen == [1, 2, 3, 4])
    }
  }

  @Test func `a filter leaves out what it does not name`() async throws {
    try await withLog { log in
      try log.append(note("a"))
      try log.append(spawned)
      try log.append(note("b"))
      var filter = Log.Filter()
      filter.category = "worker"
      filter.to = 3
      var types: [String] = []
      for try await event in log.events(filter) { types.append(event.type) }
      #expect(types == ["worker_spawned"])
    }
  }

  @Test func `a view is shown as it is and as it was`() async throws {
    try await withLog { log in
      try log.append(spawned)
      try log.append(Log.Draft("worker_idle", payload: #"{"worker_id":"w1"}"#))
      let now = try log.project("workers", key: "w1")
      let before = try log.project("workers", key: "w1", at: 1)
      #expect(now.count == 1 && now.first?.contains(#""state":"IDLE""#) == true)
      #expect(before.first?.contains(#""state":"SPAWNING""#) == true)
      #expect(Log.viewNames.contains("budget"))
      #expect(throws: Log.Failure.self) { try log.project("nothing") }
    }
  }
}

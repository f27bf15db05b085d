internal import Engine
internal import Events
internal import TestSupport
import Testing

/// What both logs promise to those who follow them.
@Suite struct FeedTests {
  private func note(_ text: String) -> String { #"{"type":"note","payload":{"text":"\#(text)"}}"# }

  @Test(arguments: LogKind.allCases)
  func `a feed gives what was stored and what comes, whole and in order`(
    kind: LogKind
  ) async throws {
    let bench = try Bench(kind)
    for index in 1...50 { _ = try bench.append(note("old \(index)")) }
    let engine = bench.engine
    let reader = Task {
      var seen: [Event] = []
      for try await event in engine.feed(pauseNanoseconds: 1_000_000) {
        seen.append(event)
        if seen.count == 100 { break }
      }
      return seen
    }
    for index in 1...50 { _ = try bench.append(note("new \(index)")) }
    let seen = try await reader.value
    #expect(seen.map(\.position.rawValue) == Array(1...100))
    #expect(seen.last?.payload == Array(#"{"text":"new 50"}"#.utf8))
    #expect(seen.last?.envelope.revision == 100)
  }

  @Test(arguments: LogKind.allCases)
  func `a subscriber that fails or stands still holds up no append`(kind: LogKind) async throws {
    struct Failure: Error {}
    let bench = try Bench(kind)
    _ = try bench.append(note("first"))
    let engine = bench.engine
    let failing = Task { for try await _ in engine.feed() { throw Failure() } }
    await #expect(throws: Failure.self) { try await failing.value }
    // This one takes an event and never comes back for the next.
    var standing = engine.feed().makeAsyncIterator()
    #expect(try await standing.next()?.position == Position(1))
    for index in 1...20 { _ = try bench.append(note("later \(index)")) }
    #expect(try engine.head().position == Position(21))
    #expect(try await standing.next()?.position == Position(2))
  }

  @Test(arguments: LogKind.allCases)
  func `a feed ends when its task is cancelled`(kind: LogKind) async throws {
    let bench = try Bench(kind)
    let engine = bench.engine
    let waiting = Task {
      var count = 0
      for try await _ in engine.feed() { count += 1 }
      return count
    }
    waiting.cancel()
    #expect(try await waiting.value == 0)
  }
}

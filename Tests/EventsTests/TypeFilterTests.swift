import Bytes
import Events
import TestSupport
import Testing

struct TypeFilterTests {
  private func record(_ type: String) throws -> [UInt8] {
    let envelope = Envelope(
      eventID: ULID(high: 1, low: 2), type: type, stream: try #require(Name("thing-a")),
      time: Timestamp(nanoseconds: 0), recordedAt: Timestamp(nanoseconds: 0))
    return try #require(envelope.encoded())
  }

  private func passes(_ types: [String], _ record: [UInt8]) -> Bool {
    TypeFilter(types).mayPass(record.rawSpan)
  }

  @Test func `records of other types do not pass, whatever their names have in common`() throws {
    let wanted = ["task_failed", "note"]
    for type in wanted { #expect(passes(wanted, try record(type))) }
    for type in ["task_faile", "task_failee", "task_failed_", "not", "notes", "x"] {
      #expect(!passes(wanted, try record(type)), "\(type)")
    }
    #expect(passes([], try record("x")))
  }

  @Test func `what is no record passes, for others to refuse`() throws {
    let bytes = try record("other")
    #expect(!passes(["note"], bytes))
    var wrong = bytes
    wrong[0] = 9
    #expect(passes(["note"], wrong))
    #expect(passes(["note"], Array(bytes[..<100])))
    #expect(passes(["note"], Array(bytes[..<118])), "a type that ends outside")
    #expect(passes(["note"], []))
  }
}

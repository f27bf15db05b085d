internal import Engine
internal import EventLog
internal import Events
internal import TestSupport
import Testing

/// The pages of a log are followed while others write to it.
@Suite struct LogPagesTests {
  private func note(_ number: Int) -> String {
    #"{"type":"thing_noted","payload":{"id":"\#(number % 7)","text":"\#(number * 7919)"}}"#
  }

  @Test func `an open log is looked at while it is written to`() async throws {
    var options = LogOptions()
    options.mapByteCount = 1 << 28
    options.isUnsafeWithoutSync = true
    let bench = try Bench(.lmdb, options: options)
    let log = try #require(bench.engine.log.lmdb)
    for number in 0..<20 { try bench.append(note(number)) }
    let reader = Task.detached {
      var most: UInt64 = 0
      while !Task.isCancelled {
        let pages = try LogPages(of: log)
        #expect(pages.findings == [], "\(pages)")
        #expect(pages.unused == 0 && pages.firstBad == nil && pages.isReadable)
        most = max(most, pages.pageCount)
      }
      return most
    }
    for number in 0..<400 {
      try bench.append(note(number))
      await Task.yield()
    }
    reader.cancel()
    #expect(try await reader.value > 10)
  }
}

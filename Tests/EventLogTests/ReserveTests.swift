internal import EventLog
internal import Events
internal import Glibc
internal import TestSupport
import Testing

/// The room that a log keeps for a full disk.
///
/// What it is good for is shown on small disks, by `tools/end-to-end`.
@Suite struct ReserveTests {
  private func kept(_ path: String) throws -> Int {
    try LogSurvey(log: path).reserveByteCount
  }

  @Test func `a new log takes its reserve, for its owner alone`() throws {
    let directory = try TemporaryDirectory()
    let old = umask(0)
    defer { umask(old) }
    try LMDBLog.create(directory("log"), identity: Bench.identity)
    #expect(try kept(directory("log")) == LogSurvey.reserveByteCountWanted)
    #expect(try Files.mode(directory("log/reserve")) == 0o600)
  }

  @Test func `what is missing of it is taken again`() throws {
    let directory = try TemporaryDirectory()
    try LMDBLog.create(directory("log"), identity: Bench.identity)
    for size in [0, 4096, 1 << 20] {
      try Files.truncate(directory("log/reserve"), size)
      #expect(try kept(directory("log")) == size)
      LogSurvey.putRight(log: directory("log"))
      #expect(try kept(directory("log")) == LogSurvey.reserveByteCountWanted)
    }
    // A file that is only long keeps nothing.
    try Files.truncate(directory("log/reserve"), 0)
    try Files.truncate(directory("log/reserve"), LogSurvey.reserveByteCountWanted)
    #expect(try kept(directory("log")) == 0)
  }

  @Test func `copies have none, what goes on as a log does`() throws {
    let directory = try TemporaryDirectory()
    try LMDBLog.create(directory("log"), identity: Bench.identity)
    let log = try LMDBLog(opening: directory("log"))
    _ = try log.backUp(to: directory("copy"))
    #expect(!Files.exists(directory("copy/reserve")))
    Files.remove(directory("log/reserve"))
    _ = try log.compact(waitNanoseconds: 5_000_000_000)
    #expect(try kept(directory("log")) == LogSurvey.reserveByteCountWanted)
    _ = try LMDBLog(opening: directory("copy")).restore(
      to: directory("restored"), isReplacing: false, isDryRun: false, LogOptions(),
      waitNanoseconds: 5_000_000_000)
    #expect(try kept(directory("restored")) == LogSurvey.reserveByteCountWanted)
  }
}

internal import Bytes
internal import Engine
internal import Events
internal import LMDB
internal import TestSupport
import Testing

@testable internal import EventLog

@Suite struct FormatTests {
  private let line = #"{"type":"thing_noted","payload":{"id":"a"}}"#

  /// Has a log say that a program of another version wrote it.
  private func set(
    _ path: String, version: UInt32, lowestWriter: UInt32
  ) throws {
    var value: [UInt8] = []
    value.append(littleEndian: version)
    value.append(littleEndian: lowestWriter)
    value.append(littleEndian: UInt32(1))
    try put(path, ".format", value)
  }

  private func put(_ path: String, _ key: String, _ value: [UInt8]) throws {
    let environment = try Environment(path: path)
    var transaction = try environment.beginWrite()
    let main = try transaction.openTable(nil, integerKeys: false, create: false)
    try transaction.put(main, key: Array(key.utf8), value: value)
    try transaction.commit()
  }

  @Test func `a log of a newer format is not read`() throws {
    let bench = try Bench(.lmdb)
    bench.close()
    try set(bench.path, version: 2, lowestWriter: 2)
    let error = #expect(throws: LogError.self) { _ = try LMDBLog(opening: bench.path) }
    #expect(error?.code == .tooOld)
  }

  @Test func `a log that wants newer writers is read and not written`() throws {
    let bench = try Bench(.lmdb)
    try bench.append(line)
    bench.close()
    try set(bench.path, version: 1, lowestWriter: 2)
    try bench.reopen()
    let before = try bench.dump()
    #expect(before.head.position == Position(1))
    let error = #expect(throws: LogError.self) { try bench.append(line) }
    #expect(error?.code == .tooOld)
    #expect(try bench.dump() == before)
  }

  @Test func `a log that a newer program takes over while it is open is not written any more`()
    throws
  {
    let directory = try TemporaryDirectory()
    try LMDBLog.create(directory("log"), identity: Bench.identity)
    let log = try LMDBLog(opening: directory("log"))
    let bench = try Bench(.memory)
    let engine = Bench.engine(log, bench)
    _ = try engine.append(bench.draft(line))
    try Self.takeOver(log.files.environment, log.files.handles)
    let error = #expect(throws: LogError.self) { try engine.append(bench.draft(line)) }
    #expect(error?.code == .tooOld)
    #expect(try engine.head().position == Position(1))
  }

  private static func takeOver(
    _ environment: borrowing Environment, _ handles: TableHandles
  ) throws {
    let format = LogFormat(version: 1, lowestWriter: 2, epoch: 1)
    var transaction = try environment.beginWrite()
    try transaction.put(handles.main, key: MainKey.format, value: format.encoded)
    try transaction.commit()
  }

  @Test func `a log without a readable description is no log`() throws {
    for key in [".format", ".identity", ".head"] {
      for value: [UInt8] in [[], [1], [UInt8](repeating: 0xFF, count: 11)] {
        let bench = try Bench(.lmdb)
        bench.close()
        try put(bench.path, key, value)
        let error = #expect(throws: LogError.self) {
          _ = try LogDump(of: LMDBLog(opening: bench.path))
        }
        #expect(error?.code == .corruption, "\(key)")
      }
    }
  }
}

import Bytes
import Engine
import EventLog
import Events
import Pipeline
import TestSupport
import Testing

/// The small values of a log are not hashed: each change of one is found all the same.
@Suite struct VerifyValuesTests {
  typealias Phase = Verification.Phase

  /// A log with a user's type and an event of it.
  private func made() throws -> VerifyDirectory {
    let directory = try VerifyDirectory()
    try directory.create(
      verifyIdentity, values: [ViewLayouts.key: ViewLayouts.current.encoded])
    let engine = try directory.engine()
    _ = try engine.registerSchema(UserType(TestTypes.deploy(), origin: "a test"))
    for (type, json) in [
      ("deploy_finished", #"{"id":"1"}"#),
      ("worker_spawned", #"{"worker_id":"w","adapter_type":"a"}"#),
      ("worker_idle", #"{"worker_id":"w"}"#),
    ] { _ = try engine.append(Draft(type: type, payload: VerifyFixture.payload(json))) }
    return directory
  }

  private func key(_ name: String) -> [UInt8] { Array(".value/\(name)".utf8) }

  /// What a change of a value leads to.
  private func found(
    _ name: String, _ change: @escaping ([UInt8]) -> [UInt8]?
  ) throws -> Verification {
    let directory = try made()
    try Surgeon(directory).change(nil, key(name), change)
    return try directory.verify()
  }

  private func failed(_ found: Verification) -> [Phase] {
    Phase.allCases.filter { found.outcome($0)?.status == .failed }
  }

  @Test func `values that say what events and rows say pass`() throws {
    let found = try made().verify()
    #expect(found.verdict == .intact, "\(found.findings)")
    #expect(found.outcome(.values)?.figures == "3 values, 1 of them users' schemas")
  }

  @Test func `a changed and a lost schema are found at the event that registered it`() throws {
    let changed = try found("schema/deploy_finished") { bytes in
      Array(String(decoding: bytes, as: UTF8.self).utf8.map { $0 == 0x64 ? 0x65 : $0 })
    }
    #expect(failed(changed).contains(.values))
    #expect(changed.findings.contains { $0.phase == .values && $0.position == Position(1) })
    // One that still compiles to the same.
    let padded = try found("schema/deploy_finished") { $0 + [0x20] }
    #expect(failed(padded) == [.values])
    #expect(padded.firstBad == Position(1))
    let lost = try found("schema/deploy_finished") { _ in nil }
    #expect(failed(lost).contains(.values))
  }

  @Test func `a value that no event or program made is found`() throws {
    for name in ["schema/never_registered", "whatever", "rebuild"] {
      let directory = try made()
      try Surgeon(directory).put(nil, key(name), [1])
      #expect(failed(try directory.verify()) == [.values], "\(name)")
    }
    let directory = try made()
    try Surgeon(directory).put(nil, key("rebuild"), [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(try directory.verify().verdict == .intact)
  }

  @Test func `layouts that the rows do not have are found`() throws {
    let worker = Category.worker.rawValue
    func changed(_ change: (UInt8) -> UInt8) -> [UInt8] {
      let bytes = ViewLayouts.current.encoded
      return bytes.indices.map { index in
        index % 2 == 1 && bytes[index - 1] == worker ? change(bytes[index]) : bytes[index]
      }
    }
    let other = changed { $0 &+ 1 }
    #expect(failed(try found("views") { _ in other }) == [.values])
    #expect(failed(try found("views") { $0.dropLast() }) == [.values])
    let none = try found("views") { _ in [] }
    #expect(failed(none) == [.values])
  }

  private static func number(of name: String, _ directory: VerifyDirectory) throws -> EntityNumber {
    try #require(try directory.engine().fold().number(of: Name(stored: Array(name.utf8))))
  }

  @Test func `rows of another version are not compared with this one's`() throws {
    let directory = try made()
    let number = try Self.number(of: "worker-w", directory)
    let layout = WorkerState.layout &+ 1
    let surgeon = Surgeon(directory)
    let bytes = ViewLayouts.current.encoded
    let worker = Category.worker.rawValue
    try surgeon.change(nil, key("views")) { _ in
      bytes.indices.map { $0 % 2 == 1 && bytes[$0 - 1] == worker ? layout : bytes[$0] }
    }
    try surgeon.change("state", number.rawValue) { row in
      [row[0], layout] + row.dropFirst(2)
    }
    let found = try directory.verify()
    #expect(found.outcome(.views)?.status == .skipped)
    #expect(found.outcome(.values)?.status == .ok)
    #expect(found.verdict == .intact)
  }

  @Test func `a changed mark of the catalog is found, a newer one ends the fold`() throws {
    #expect(failed(try found("catalog") { $0.flipped(at: 5) }) == [.values])
    #expect(failed(try found("catalog") { $0 + [0] }) == [.values])
    let newer = try found("catalog") { $0.flipped(at: 1) }
    #expect(newer.verdict == .intact)
    #expect(newer.outcome(.views)?.status == .skipped)
    #expect(newer.outcome(.names)?.status == .skipped)
  }
}

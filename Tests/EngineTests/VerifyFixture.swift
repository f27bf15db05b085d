import Bytes
import Engine
import EventLog
import Events
import Glibc
import JSON
import LMDB
import Pipeline
import Synchronization
import TestSupport
import Testing

/// A directory that lives as long as a test.
final class VerifyDirectory: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/uetlog-verify.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw LogError(.system, "mkdtemp failed") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Files.removeTree(path) }

  var log: String { path + "/log" }
  var dataFile: String { log + "/data.mdb" }

  var options: LogOptions {
    var options = LogOptions()
    options.mapByteCount = 64 << 20
    options.isUnsafeWithoutSync = true
    options.stateDirectory = path + "/state"
    return options
  }

  /// Opens the log, with a clock and randomness that repeat.
  func engine(_ seed: UInt64 = 1) throws(LogError) -> Engine<LMDBLog> {
    Engine(
      log: try LMDBLog(opening: log, options), clock: VerifyClock(),
      entropy: SeededEntropy(seed: seed))
  }

  func create(_ identity: LogIdentity, values: [String: [UInt8]] = [:]) throws(LogError) {
    try LMDBLog.create(log, identity: identity, options, values: values)
  }

  func verify(
    _ evidence: OutsideEvidence = OutsideEvidence()
  ) throws(LogError) -> Verification {
    try Verification.verify(log: log, options, evidence: evidence)
  }
}

/// A clock that goes on by a millisecond each time it is read.
final class VerifyClock: TimeSource {
  private let ticks = Atomic<Int64>(0)

  func now() -> Timestamp {
    let tick = ticks.add(1, ordering: .relaxed).newValue
    return Timestamp(milliseconds: 1_760_000_000_000 + tick)
  }
}

let verifyIdentity = LogIdentity(
  id: ULID(high: 0x0199_0000_0000_0001, low: 7), secret: Salt(high: 3, low: 4))

/// The bytes of a file.
func verifyContents(of path: String) throws -> [UInt8] {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw LogError(.system, "opening \(path)") }
  defer { close(descriptor) }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0 else { throw LogError(.system, "stat") }
  var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
  let count = unsafe bytes.withUnsafeMutableBytes {
    unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
  }
  guard count == bytes.count else { throw LogError(.system, "reading \(path)") }
  return bytes
}

/// Puts bytes in the place of a file's, in the same file.
func verifyOverwrite(_ path: String, with bytes: [UInt8]) throws {
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { throw LogError(.system, "opening \(path)") }
  defer { close(descriptor) }
  guard unsafe pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
    throw LogError(.system, "writing \(path)")
  }
}

/// A log of some thousand events, made once; tests damage copies of it.
enum VerifyFixture {
  static let seed: UInt64 = 20_251

  static let dataFile: Result<[UInt8], any Error> = Result {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    try fill(directory.engine(seed), seed: seed, events: 3000)
    return try verifyContents(of: directory.dataFile)
  }

  /// A copy of the log in a directory of its own.
  static func copy() throws -> VerifyDirectory {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    try verifyOverwrite(directory.dataFile, with: dataFile.get())
    return directory
  }

  /// Appends random events; what the state machines refuse is left out.
  static func fill<Log>(_ engine: Engine<Log>, seed: UInt64, events: Int) throws {
    var random = SeededEntropy(seed: seed)
    let runs = (0..<4).map { ULID(high: 0x0199_0000_0000_0000 + UInt64($0), low: seed) }
    var accepted: [ULID] = []
    for batch in 0..<(events / 100) {
      let drafts = try (0..<100).compactMap { index throws(LogError) -> PreparedDraft? in
        let draft = self.draft(batch * 100 + index, seed, runs, &random)
        return try engine.prepare(draft)
      }
      for case .success(let receipt) in try engine.append(drafts) {
        accepted.append(receipt.eventID)
      }
      try reverse(accepted.suffix(40), engine, &random)
    }
  }

  private static func reverse<Log>(
    _ ids: some Collection<ULID>, _ engine: Engine<Log>, _ random: inout SeededEntropy
  ) throws {
    for id in ids where random.next() % 8 == 0 {
      var draft = Draft(
        type: "event_reversed",
        payload: payload(#"{"target":"\#(id)","reason":"a test"}"#))
      draft.runID = ULID(high: 0x0199_0000_0000_0000, low: 1)
      do throws(LogError) { _ = try engine.append(draft) } catch {
        if error.code != .rejected { throw error }
      }
    }
  }

  static func payload(_ json: String) -> Payload {
    guard let payload = Payload(Array(json.utf8)) else { preconditionFailure("no JSON: \(json)") }
    return payload
  }

  private static func draft(
    _ index: Int, _ seed: UInt64, _ runs: [ULID], _ random: inout SeededEntropy
  ) -> Draft {
    let worker = "w\(random.next() % 7)"
    let task = "T\(random.next() % 40)"
    let phase = "phase-\(random.next() % 3)"
    let choices = [
      ("note", #"{"text":"\#(String(repeating: "x", count: Int(random.next() % 900)))"}"#),
      ("note", #"{"text":"note \#(index)","data":{"n":\#(random.next())}}"#),
      ("worker_spawned", #"{"worker_id":"\#(worker)","adapter_type":"aider"}"#),
      ("worker_idle", #"{"worker_id":"\#(worker)"}"#),
      ("worker_busy", #"{"worker_id":"\#(worker)","task_id":"\#(task)"}"#),
      ("worker_heartbeat", #"{"worker_id":"\#(worker)","progress":"\#(index)"}"#),
      (
        "task_created",
        #"{"task_id":"\#(task)","name":"a task","kind":"test","phase_id":"\#(phase)"}"#
      ),
      ("task_assigned", #"{"task_id":"\#(task)","worker_id":"\#(worker)"}"#),
      ("task_started", #"{"task_id":"\#(task)","worker_id":"\#(worker)"}"#),
      ("task_failed", #"{"task_id":"\#(task)","failure_kind":"test","error_message":"no"}"#),
      (
        "cost_reserved",
        #"{"reservation_id":"r-\#(index)","task_id":"\#(task)","phase_id":"\#(phase)","model":"m","estimate_micro_usd":4800}"#
      ),
      (
        "cost_charged",
        #"{"charge_id":"c-\#(index)","task_id":"\#(task)","phase_id":"\#(phase)","model":"m","input_tokens":9,"output_tokens":1,"amount_micro_usd":45000}"#
      ),
      ("budget_set", #"{"scope":"phase:\#(phase)","limit_micro_usd":2000000,"mode":"warn"}"#),
      (
        "tool_call_error",
        #"{"call_id":"k-\#(index)","tool_id":"aider","error_code":"E","error_message":"no"}"#
      ),
    ]
    var (type, json) = choices[Int(random.next() % UInt64(choices.count))]
    if index % 50 == 7 {
      (type, json) = ("note", #"{"text":"\#(String(repeating: "y", count: 9000 + index))"}"#)
    }
    var draft = Draft(type: type, payload: payload(json))
    draft.source = "test"
    if random.next() % 3 > 0 { draft.runID = runs[Int(random.next() % 4)] }
    if random.next() % 4 == 0 { draft.key = "k\(index)" }
    if random.next() % 5 == 0 { draft.labels = [Label(key: "host", value: "h\(index % 3)")] }
    return draft
  }
}

/// Damages a closed log through LMDB itself.
struct Surgeon {
  let path: String

  init(_ directory: VerifyDirectory) { path = directory.log }

  func operate(
    _ body: (inout WriteTransaction) throws(LMDBError) -> Void
  ) throws(LMDBError) {
    let environment = try Environment(
      path: path, options: EnvironmentOptions(mapSizeBytes: 64 << 20, noSync: true))
    try Self.operate(environment, body)
  }

  private static func operate(
    _ environment: borrowing Environment,
    _ body: (inout WriteTransaction) throws(LMDBError) -> Void
  ) throws(LMDBError) {
    var transaction = try environment.beginWrite()
    try body(&transaction)
    try transaction.commit()
  }

  private static func value(
    _ transaction: borrowing WriteTransaction, _ table: Table, _ key: UInt64
  ) throws(LMDBError) -> [UInt8]? {
    try transaction.get(table, key)?.copied
  }

  private static func value(
    _ transaction: borrowing WriteTransaction, _ table: Table, _ key: [UInt8]
  ) throws(LMDBError) -> [UInt8]? {
    try transaction.get(table, key: key)?.copied
  }

  /// Changes the value of a number; nil removes it.
  func change(
    _ table: String, _ key: UInt64, _ body: ([UInt8]) -> [UInt8]?
  ) throws {
    var wasThere = false
    try operate { (transaction) throws(LMDBError) in
      let table = try transaction.openTable(table, integerKeys: true, create: false)
      guard let old = try Self.value(transaction, table, key) else { return }
      wasThere = true
      if let new = body(old) {
        try transaction.put(table, key: key, value: new)
      } else {
        try transaction.delete(table, key: key)
      }
    }
    #expect(wasThere, "nothing under \(key) in \(table)")
  }

  /// Changes the value of a key; nil removes it.
  func change(
    _ table: String?, _ key: [UInt8], _ body: ([UInt8]) -> [UInt8]?
  ) throws {
    var wasThere = false
    try operate { (transaction) throws(LMDBError) in
      let table = try transaction.openTable(table, integerKeys: false, create: false)
      guard let old = try Self.value(transaction, table, key) else { return }
      wasThere = true
      if let new = body(old) {
        try transaction.put(table, key: key, value: new)
      } else {
        try transaction.delete(table, key: key)
      }
    }
    #expect(wasThere, "nothing under \(key) in the table")
  }

  func put(_ table: String, _ key: UInt64, _ value: [UInt8]) throws {
    try operate { (transaction) throws(LMDBError) in
      let table = try transaction.openTable(table, integerKeys: true, create: false)
      try transaction.put(table, key: key, value: value)
    }
  }

  func put(_ table: String?, _ key: [UInt8], _ value: [UInt8]) throws {
    try operate { (transaction) throws(LMDBError) in
      let table = try transaction.openTable(table, integerKeys: false, create: false)
      try transaction.put(table, key: key, value: value)
    }
  }
}

extension [UInt8] {
  /// The bytes with one of them changed.
  func flipped(at index: Int) -> [UInt8] {
    var bytes = self
    bytes[index] ^= 0x10
    return bytes
  }
}

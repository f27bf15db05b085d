internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import Glibc
internal import Synchronization
internal import TestSupport
import Testing

/// A log with an engine that commits in a group, and another writer's seat beside it.
final class GroupFixture {
  let bench: Bench
  let engine: Engine<LMDBLog>
  /// The other's.
  let seat: Seat
  private let directory: Int32
  private let member = GroupMember()

  init() throws {
    bench = try Bench(.lmdb)
    engine = Bench.engine(try #require(bench.engine.log.lmdb), bench)
    directory = unsafe open(bench.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    seat = try #require(SlotFile.open(in: directory).flatMap { Seat($0) })
    // It has its seat before anybody holds the lock.
    _ = try append(try prepared("first"))
  }

  deinit { close(directory) }

  var position: UInt64 { get throws { try engine.head().position.rawValue } }

  /// A draft of either engine's making: they have the same catalog and settings.
  func prepared(_ id: String, _ more: String = "") throws -> PreparedDraft {
    let text = #"{"type":"thing_noted","payload":{"id":"\#(id)"}\#(more)}"#
    return try engine.prepare(try bench.draft(text))
  }

  func options(wait milliseconds: Int64 = 60_000) -> AppendOptions {
    var options = AppendOptions()
    options.group = member
    options.waitNanoseconds = milliseconds * 1_000_000
    return options
  }

  func append(_ draft: PreparedDraft) throws(LogError) -> AppendUnit.Outcome? {
    try engine.append([draft], options()).first
  }

  /// What becomes of a request of the other while this one appends something.
  func standing(of request: [UInt8]) throws -> Seat.Standing {
    #expect(seat.publish(request))
    guard case .success = try append(try prepared("own")) else {
      Issue.record("the leader's own draft was refused")
      return .withdrawn
    }
    return seat.look()
  }

  func outcome(of draft: PreparedDraft) throws -> AppendUnit.Outcome? {
    let request = try #require(GroupRequest.encoded([draft]))
    guard case .answered(let answer) = try standing(of: request) else { return nil }
    return GroupAnswer.outcomes(answer, of: [draft])?.first
  }

  /// Appends a draft on another thread while the other holds the lock, has it in hand and does
  /// `deed` with it; then the lock is free.
  func append(
    _ draft: PreparedDraft, while deed: ([Int]) throws -> Void
  ) throws -> Result<AppendUnit.Outcome?, LogError> {
    #expect(flock(directory, LOCK_EX) == 0)
    let found = Box()
    let (engine, options) = (engine, options())
    let thread = try Thread.start {
      do throws(LogError) {
        found.set(.success(try engine.append([draft], options).first))
      } catch { found.set(.failure(error)) }
    }
    var slots: [Int] = []
    while slots.isEmpty { slots = seat.gather { _ in true } }
    try deed(slots)
    flock(directory, LOCK_UN)
    thread.join()
    return try #require(found.value)
  }

  /// Makes what somebody has in hand look as if nobody had.
  func forgetHands() {
    var pending: UInt32 = 1
    let file = unsafe Glibc.open(bench.path + "/" + SlotFile.name, O_RDWR | O_CLOEXEC)
    defer { close(file) }
    for slot in 0..<SlotMap.slotCount {
      var word: UInt32 = 0
      let place = off_t(4096 + 64 * slot)
      guard unsafe pread(file, &word, 4, place) == 4, word & 0xFF == 2 else { continue }
      unsafe pwrite(file, &pending, 4, place)
    }
  }

  /// Holds the lock, as one that does not go on.
  func holding<Value>(_ body: () throws -> Value) rethrows -> Value {
    #expect(flock(directory, LOCK_EX) == 0)
    defer { flock(directory, LOCK_UN) }
    return try body()
  }

  private final class Box: Sendable {
    private let result = Mutex<Result<AppendUnit.Outcome?, LogError>?>(nil)
    func set(_ value: Result<AppendUnit.Outcome?, LogError>) { result.withLock { $0 = value } }
    var value: Result<AppendUnit.Outcome?, LogError>? { result.withLock { $0 } }
  }
}

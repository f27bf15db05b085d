internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Glibc
internal import JSON
internal import Runner

/// Writers that are killed at random moments, again and again, and the receipts that they printed.
///
/// Drafts without a receipt are offered again with the same id by another writer: whatever became
/// of them, they must be there once.
struct KillCycles {
  private static let draftsPerWriter = 400
  private static let microsecondsMax: UInt64 = 60_000

  private let ground: TortureGround
  private let writers: Int
  private var chance: SeededEntropy
  private var ids = ULIDGenerator()
  /// Offered and without a receipt so far.
  private var pending: [ULID] = []
  /// The events in the log, the first at 0.
  private(set) var stored: [ULID] = []
  private var known: Set<ULID> = []
  /// Every receipt that was printed.
  private(set) var receipts: [TortureReceipt] = []
  /// What should not have been.
  private(set) var complaints: [String] = []

  init(_ ground: TortureGround, writers: Int, seed: UInt64) {
    self.ground = ground
    self.writers = writers
    chance = SeededEntropy(seed: seed)
  }

  /// Lets writers write, kills them all, and looks.
  mutating func run(_ cycle: Int, _ here: Surroundings) throws(LogError) {
    var offered = pending
    for writer in 0..<writers {
      let again = writer == cycle % writers ? pending : []
      let fresh = (0..<Self.draftsPerWriter).map { _ in
        ids.next(at: SystemClock().now(), entropy: &chance)
      }
      offered += fresh
      let lines = (again + fresh).map {
        #"{"type":"note","event_id":"\#($0)","payload":{"text":"torture"}}"#
      }
      _ = try ground.write(
        Array((lines.joined(separator: "\n") + "\n").utf8), to: "drafts-\(writer)")
    }
    let printed = try killed()
    let new = printed.flatMap { TortureReceipt.receipts(in: $0) }
    receipts += new
    let answered = Set(new.map(\.eventID))
    pending = offered.filter { !answered.contains($0) }
    try look(here)
    complaints += Self.lost(new, from: stored)
  }

  private final class Writer {
    var process: ChildProcess

    init(_ process: consuming ChildProcess) { self.process = process }
  }

  /// What each writer printed before it was killed.
  private mutating func killed() throws(LogError) -> [[UInt8]] {
    var started: [Writer] = []
    for writer in 0..<writers {
      let words = ["append", "--follow-stdin", "--json", "--log", ground.log]
      started.append(
        Writer(try ground.start(words, input: ground.path + "/drafts-\(writer)")))
    }
    usleep(UInt32(truncatingIfNeeded: 1000 + chance.next() % Self.microsecondsMax))
    for writer in started { writer.process.end() }
    var printed: [[UInt8]] = []
    for writer in started { printed.append(try ground.finish(&writer.process).output) }
    return printed
  }

  /// Reads the events that came in.
  private mutating func look(_ here: Surroundings) throws(LogError) {
    let engine: Engine<LMDBLog>
    do throws(LogError) { engine = try OpenedLog(reading: ground.log, here).engine } catch {
      // All of them may have been killed before one had made the log.
      guard error.code == .notFound, stored.isEmpty else { throw error }
      return
    }
    var query = Query()
    query.from = Position(UInt64(stored.count) + 1)
    try engine.replay(query) { event throws(LogError) in
      if event.position.rawValue != UInt64(stored.count) + 1 {
        complaints.append("position \(stored.count + 1) is missing")
        return false
      }
      if !known.insert(event.envelope.eventID).inserted {
        complaints.append("\(event.envelope.eventID) is there twice, again at \(event.position)")
      }
      stored.append(event.envelope.eventID)
      return true
    }
  }

  /// The receipts that the log does not bear out.
  static func lost(_ receipts: [TortureReceipt], from stored: [ULID]) -> [String] {
    receipts.compactMap { receipt in
      let isThere =
        receipt.position >= 1 && receipt.position <= stored.count
        && stored[receipt.position - 1] == receipt.eventID
      return isThere
        ? nil : "the receipt for \(receipt.eventID) at \(receipt.position) is of no event"
    }
  }
}

/// A receipt as a writer printed it.
struct TortureReceipt {
  var position: Int
  var eventID: ULID

  /// Those in the output of a killed writer, whose last line may be cut off.
  static func receipts(in output: [UInt8]) -> [TortureReceipt] {
    output.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().compactMap { line in
      guard let document = try? JSONDocument(parsing: Array(line)),
        let position = document.member(document.root, "position").flatMap(document.int64),
        let id = document.member(document.root, "event_id").flatMap(document.string)
      else { return nil }
      return ULID(id).map { TortureReceipt(position: Int(clamping: position), eventID: $0) }
    }
  }
}

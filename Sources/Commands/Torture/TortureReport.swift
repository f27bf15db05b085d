internal import JSON

/// What became of each part, its controls among them.
struct TortureReport {
  /// One thing that was looked at.
  struct Part {
    var name: String
    var found: String
    var isPassed: Bool
  }

  let seed: UInt64
  private(set) var parts: [Part] = []
  private var complaints: [String] = []
  private var advice: String?

  private static let shownComplaints = 10

  init(seed: UInt64) { self.seed = seed }

  var hasFailed: Bool { parts.contains { !$0.isPassed } }

  mutating func add(kills: KillCycles, cycles: Int, verifies: Bool) {
    complaints += kills.complaints
    let (receipts, events) = (kills.receipts, kills.stored)
    parts.append(
      Part(
        name: "kills",
        found: "\(cycles) times, \(receipts.count) receipts, \(events.count) events, "
          + "\(kills.complaints.count) wrong",
        isPassed: kills.complaints.isEmpty && !receipts.isEmpty))
    // What would have been said of receipts that are not true.
    let forged = receipts.prefix(100).map {
      TortureReceipt(position: $0.position + 1, eventID: $0.eventID)
    }
    let noticed = KillCycles.lost(forged, from: events).count
    parts.append(
      Part(
        name: "kills, control", found: "\(noticed) of \(forged.count) forged receipts noticed",
        isPassed: noticed == forged.count && noticed > 0))
    parts.append(
      Part(
        name: "verify", found: verifies ? "intact after all kills" : "not intact",
        isPassed: verifies))
  }

  mutating func add(bits: BitFlips) {
    complaints += bits.complaints
    parts.append(
      Part(
        name: "bits",
        found: "\(bits.count) flipped: \(bits.found) found, \(bits.harmless) in unused bytes, "
          + "\(bits.complaints.count) unnoticed",
        isPassed: bits.complaints.isEmpty))
  }

  mutating func add(flushes: FlushTimes) {
    parts.append(
      Part(
        name: "flush",
        found: "\(flushes.medianMicroseconds) µs, at most \(flushes.slowestMicroseconds) µs",
        isPassed: true))
    guard flushes.isTooFast else { return }
    advice =
      "the disk says that data is written sooner than a disk can: in memory, or with a cache that "
      + "loses power, the last events may be gone after a power cut"
  }

  func show(_ console: Console) {
    let failed = parts.count { !$0.isPassed }
    guard !console.isJSON else { return console.output.json(json(failed)) }
    var table = Table([("part", false), ("", false), ("found", false)])
    for part in parts { table.add([part.name, part.isPassed ? "ok" : "FAILED", part.found]) }
    console.show(table)
    for complaint in complaints.prefix(Self.shownComplaints) { console.output.line(complaint) }
    if let advice { console.note(advice) }
    if failed > 0 { console.output.line("seed \(seed)") }
    console.output.line("\(parts.count - failed) passed, \(failed) failed")
  }

  private func json(_ failed: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("seed", seed)
    writer.member("passed", parts.count - failed)
    writer.member("failed", failed)
    writer.key("parts")
    writer.beginArray()
    for part in parts {
      writer.beginObject()
      writer.member("name", part.name)
      writer.member("passed", part.isPassed)
      writer.member("found", part.found)
      writer.endObject()
    }
    writer.endArray()
    writer.key("complaints")
    writer.beginArray()
    for complaint in complaints { writer.string(complaint) }
    writer.endArray()
    if let advice { writer.member("advice", advice) }
    writer.endObject()
    return writer.bytes
  }
}

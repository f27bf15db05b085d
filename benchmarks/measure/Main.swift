internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Glibc

/// Times what no command shows by itself, because starting the program or printing costs more.
///
/// Each line of output is `median<TAB>least<TAB>99th percentile`, in nanoseconds for one event.
@main struct Measure {
  private static let usage = """
    usage: measure scan LOG ROUNDS      the bytes of all records, as they are stored
           measure records LOG ROUNDS   the same, and every envelope is decoded and checked
           measure read LOG IDS         events by the ids that the file IDS has, one a line
    """

  static func main() {
    let words = CommandLine.arguments.dropFirst()
    guard words.count == 3, let log = words.dropFirst().first, let last = words.last else {
      return fail(usage, 64)
    }
    do throws(LogError) {
      let opened = try OpenedLog(reading: log, .current())
      switch (words.first, Int(last)) {
      case ("scan", let rounds?):
        var pass = StoredPass()
        try repeated(rounds) { () throws(LogError) in
          try opened.engine.log.audit(&pass)
          return pass.count
        }
      case ("records", let rounds?):
        var pass = DecodedPass()
        try repeated(rounds) { () throws(LogError) in
          try opened.engine.log.read(&pass)
          return pass.count
        }
      case ("read", _): try read(opened, ids(in: last))
      default: fail(usage, 64)
      }
    } catch {
      fail("measure: \(error.message)", 1)
    }
  }

  private static func fail(_ text: String, _ status: Int32) {
    var line = text + "\n"
    line.withUTF8 { bytes in _ = unsafe Glibc.write(2, bytes.baseAddress, bytes.count) }
    exit(status)
  }

  /// Times passes over the log, each of which says how many events it saw.
  private static func repeated(
    _ rounds: Int, _ pass: () throws(LogError) -> Int
  ) throws(LogError) {
    var times: [Double] = []
    for _ in 0..<max(rounds, 1) {
      let start = nanoseconds()
      let count = try pass()
      times.append((nanoseconds() - start) / Double(max(count, 1)))
    }
    report(times)
  }

  private static func read(_ opened: OpenedLog, _ ids: [ULID]) throws(LogError) {
    var times: [Double] = []
    times.reserveCapacity(ids.count)
    for id in ids {
      let start = nanoseconds()
      _ = try opened.engine.event(.id(id))
      times.append(nanoseconds() - start)
    }
    report(times)
  }

  /// The ULIDs of a file, one a line; lines that are none are left out.
  private static func ids(in path: String) -> [ULID] {
    guard let file = unsafe fopen(path, "r") else { return [] }
    defer { unsafe fclose(file) }
    var found: [ULID] = []
    var line = [CChar](repeating: 0, count: 64)
    while unsafe fgets(&line, 64, file) != nil {
      let text = line.prefix(ULID.textByteCount).map { UInt8(bitPattern: $0) }
      if let id = ULID(text) { found.append(id) }
    }
    return found
  }

  private static func report(_ times: [Double]) {
    let sorted = times.sorted()
    guard let least = sorted.first else { return fail("measure: nothing was measured", 1) }
    print("\(sorted[sorted.count / 2])\t\(least)\t\(sorted[sorted.count * 99 / 100])")
  }

  private static func nanoseconds() -> Double {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) * 1e9 + Double(now.tv_nsec)
  }
}

/// One pass over the bytes that are stored, of which the first and the last are read.
private struct StoredPass: AuditUnit {
  private(set) var count = 0
  /// Keeps the reads from being left out.
  private(set) var sum: UInt64 = 0

  mutating func run(_ tables: borrowing ReadTables) throws(LogError) {
    var count = 0
    var sum: UInt64 = 0
    try tables.forEachStoredRecord(from: Position(1)) { (_, record) throws(LogError) in
      count += 1
      sum &+= ends(of: record.bytes)
      return true
    }
    (self.count, self.sum) = (count, sum)
  }
}

/// One pass over records as every reader in the engine has them.
private struct DecodedPass: ReadUnit {
  private(set) var count = 0
  private(set) var sum: UInt64 = 0

  mutating func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    var count = 0
    var sum: UInt64 = 0
    try tables.scan(from: Position(1)) { (_, record) throws(LogError) in
      count += 1
      if let payload = record.payloadBytes { sum &+= ends(of: payload) }
      return true
    }
    (self.count, self.sum) = (count, sum)
  }
}

private func ends(of bytes: RawSpan) -> UInt64 {
  guard bytes.byteCount > 0 else { return 0 }
  let first = unsafe bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
  let last = unsafe bytes.unsafeLoad(fromByteOffset: bytes.byteCount - 1, as: UInt8.self)
  return UInt64(first) &+ UInt64(last)
}

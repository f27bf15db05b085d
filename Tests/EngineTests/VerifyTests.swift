import Bytes
import Engine
import EventLog
import Events
import Glibc
import LMDB
import Merkle
import Testing

/// Each kind of damage is found in its phase, at its position; what is whole passes.
@Suite struct VerifyTests {
  typealias Phase = Verification.Phase

  /// Damages a copy of the log and verifies it.
  private func verify(
    _ damage: (Surgeon) throws -> Void
  ) throws -> Verification {
    let directory = try VerifyFixture.copy()
    try damage(Surgeon(directory))
    let found = try directory.verify()
    #expect(found.verdict == .damaged)
    #expect(found.outcomes.count == Phase.usual.count)
    return found
  }

  private func failed(_ found: Verification) -> [Phase] {
    Phase.allCases.filter { found.outcome($0)?.status == .failed }
  }

  private func event(_ position: UInt64) throws -> Event {
    let directory = try VerifyFixture.copy()
    return try directory.engine().event(.position(Position(position)))
  }

  @Test func `an intact log passes in all phases`() throws {
    let directory = try VerifyFixture.copy()
    let found = try directory.verify()
    #expect(found.verdict == .intact, "seed \(VerifyFixture.seed): \(found.lines)")
    #expect(found.findings.isEmpty)
    #expect(found.head > Position(1800))
    // Nothing is known of it from outside, and it was never sealed.
    let skipped: [Phase] = [.seals, .external, .checkpoints, .receipts]
    for phase in Phase.usual {
      #expect(
        found.outcome(phase)?.status == (skipped.contains(phase) ? .skipped : .ok), "\(phase)")
    }
    #expect(found.verdictText.hasPrefix("INTACT up to position \(found.head)"))
    #expect(try directory.engine().verify().verdict == .intact)
  }

  @Test func `an empty log passes`() throws {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    let found = try directory.verify()
    #expect(found.verdict == .intact, "\(found.lines)")
    #expect(found.head == .none)
  }

  @Test func `a log that is not there is an error and no finding`() throws {
    let directory = try VerifyDirectory()
    #expect(throws: LogError.self) { try directory.verify() }
    do { _ = try directory.verify() } catch { #expect(error.code == .notFound) }
  }

  // MARK: Records

  @Test func `a changed envelope is found in the tree, within its block`() throws {
    let found = try verify { try $0.change("log", 700) { $0.flipped(at: 72) } }
    #expect(failed(found) == [.tree])
    let finding = try #require(found.findings.first)
    #expect(finding.position == Position(512) && finding.through == Position(767))
    #expect(found.outcome(.payloads)?.status == .ok)
  }

  @Test func `a changed envelope behind the last block is found within its subtree`() throws {
    let head = try VerifyFixture.copy().engine().head().position
    let found = try verify { try $0.change("log", head.rawValue) { $0.flipped(at: 72) } }
    #expect(failed(found) == [.tree])
    let finding = try #require(found.findings.first)
    #expect(finding.position! <= head && finding.through! >= head)
  }

  @Test func `a changed payload is found at its position`() throws {
    let found = try verify {
      try $0.change("log", 700) { bytes in bytes.flipped(at: bytes.count - 3) }
    }
    #expect(failed(found) == [.payloads])
    #expect(found.findings.map(\.position) == [Position(700)])
    #expect(found.outcome(.views)?.status == .skipped)
  }

  @Test func `a changed salt is found at its position`() throws {
    let salt = try #require(event(700).envelope.encoded()).count
    let found = try verify { try $0.change("log", 700) { $0.flipped(at: salt + 2) } }
    #expect(failed(found) == [.payloads])
    #expect(found.findings.map(\.position) == [Position(700)])
  }

  @Test func `two swapped payloads are found at both positions`() throws {
    var rows: [[UInt8]] = []
    let directory = try VerifyFixture.copy()
    let surgeon = Surgeon(directory)
    let positions: [UInt64] = [701, 702]
    for position in positions {
      try surgeon.change("log", position) {
        rows.append($0); return $0
      }
    }
    let splits = try positions.map { try #require(event($0).envelope.encoded()).count }
    let first = Array(rows[0][..<splits[0]] + rows[1][splits[1]...])
    let second = Array(rows[1][..<splits[1]] + rows[0][splits[0]...])
    try surgeon.put("log", 701, first)
    try surgeon.put("log", 702, second)
    let found = try directory.verify()
    #expect(found.verdict == .damaged)
    #expect(failed(found) == [.payloads])
    #expect(found.findings.map(\.position) == [Position(701), Position(702)])
  }

  @Test func `a lost and an extra piece of a long payload are found`() throws {
    let directory = try VerifyFixture.copy()
    var long: Event?
    try directory.engine().replay(Query()) { event in
      long = event
      return (event.payload?.count ?? 0) < 8000
    }
    let position = try #require(long?.position)
    let lost = try verify { try $0.change("chunks", position.rawValue << 12) { _ in nil } }
    #expect(failed(lost) == [.payloads])
    #expect(lost.findings.first?.position == position)
    let extra = try verify { try $0.put("chunks", position.rawValue << 12 | 4000, [1]) }
    #expect(failed(extra) == [.payloads])
  }

  @Test func `a removed record is found at its position, and what follows is still checked`() throws
  {
    let found = try verify {
      try $0.change("log", 700) { _ in nil }
      try $0.change("log", 900) { bytes in bytes.flipped(at: bytes.count - 3) }
    }
    #expect(found.findings.contains { $0.phase == .structure && $0.position == Position(700) })
    #expect(found.findings.contains { $0.phase == .payloads && $0.position == Position(900) })
    #expect(failed(found).contains(.tree))
  }

  @Test func `a payload that is gone without a redaction is found`() throws {
    let length = try #require(event(700).envelope.encoded()).count
    let found = try verify { try $0.change("log", 700) { Array($0[..<length]) } }
    #expect(found.findings.contains { $0.phase == .payloads && $0.position == Position(700) })
  }

  @Test func `an unreadable record is found at its position`() throws {
    let found = try verify { try $0.change("log", 700) { Array($0.prefix(40)) } }
    #expect(found.findings.contains { $0.phase == .structure && $0.position == Position(700) })
  }

  @Test func `a changed link is found in the links at its position`() throws {
    let found = try verify { try $0.change("log", 700) { $0.flipped(at: 32) } }
    #expect(failed(found).contains(.links))
    #expect(found.findings.contains { $0.phase == .links && $0.position == Position(700) })
  }

  @Test func `records cut off behind an intact head are found`() throws {
    let head = try VerifyFixture.copy().engine().head().position
    let found = try verify { try $0.change("log", head.rawValue) { _ in nil } }
    #expect(found.findings.contains { $0.phase == .structure && $0.position == head })
  }

  // MARK: Tables

  @Test func `a changed subtree root is told from changed records`() throws {
    let found = try verify { try $0.change("tree", 2) { $0.flipped(at: 5) } }
    #expect(failed(found) == [.tree])
    #expect(found.findings.map(\.position) == [Position(512)])
    #expect(found.findings.first?.message.contains("the events are not") == true)
  }

  @Test func `a lost and an extra subtree root are found`() throws {
    let lost = try verify { try $0.change("tree", 2) { _ in nil } }
    #expect(failed(lost) == [.tree])
    #expect(lost.findings.map(\.position) == [Position(512)])
    let extra = try verify { try $0.put("tree", 900, [UInt8](repeating: 1, count: 32)) }
    #expect(failed(extra) == [.tree])
  }

  @Test func `a changed head is found`() throws {
    let head = Array(".head".utf8)
    let frontier = try verify { try $0.change(nil, head) { $0.flipped(at: 40) } }
    #expect(failed(frontier) == [.tree])
    let position = try verify { try $0.change(nil, head) { $0.flipped(at: 0) } }
    #expect(failed(position).contains(.structure))
    let time = try verify { try $0.change(nil, head) { $0.flipped(at: 9) } }
    #expect(failed(time) == [.links])
  }

  @Test func `a changed, a lost and an extra id are found at their positions`() throws {
    let id = try event(700).envelope.eventID
    let key = [0] + id.bytes
    let moved = try verify { try $0.change("ids", key) { $0.flipped(at: 0) } }
    #expect(failed(moved) == [.ids])
    #expect(moved.findings.contains { $0.position == Position(700) })
    let content = try verify { try $0.change("ids", key) { $0.flipped(at: 9) } }
    #expect(failed(content) == [.ids])
    #expect(content.findings.map(\.position) == [Position(700)])
    let lost = try verify { try $0.change("ids", key) { _ in nil } }
    #expect(lost.findings.contains { $0.phase == .ids && $0.position == Position(700) })
    let extra = try verify {
      try $0.put("ids", key.flipped(at: 3), [188, 2] + [UInt8](repeating: 0, count: 22))
    }
    #expect(failed(extra) == [.ids])
    #expect(extra.findings.map(\.position) == [Position(700)])
  }

  @Test func `a changed, a lost and an extra name are found`() throws {
    let name = try event(700).envelope.stream.bytes
    let changed = try verify { try $0.change("names", name) { $0.flipped(at: 1) } }
    #expect(failed(changed) == [.names])
    let lost = try verify { try $0.change("names", name) { _ in nil } }
    #expect(failed(lost) == [.names])
    let extra = try verify {
      try $0.put("names", Array("worker-ghost".utf8), [188, 43, 0, 0, 0, 0, 0, 0])
    }
    #expect(failed(extra) == [.names])
    #expect(extra.findings.first?.position == Position(0x2BBC / 16))
  }

  @Test func `a changed, a lost and an extra row are found`() throws {
    let directory = try VerifyFixture.copy()
    let engine = try directory.engine()
    let number = try #require(engine.fold().names[try event(700).envelope.stream]).rawValue
    let changed = try verify { try $0.change("state", number) { $0.flipped(at: 21) } }
    #expect(failed(changed) == [.views])
    // Two bytes that nothing reads are compared too.
    let spare = try verify { try $0.change("state", number) { $0.flipped(at: 2) } }
    #expect(failed(spare) == [.views])
    let lost = try verify { try $0.change("state", number) { _ in nil } }
    #expect(failed(lost) == [.views])
    #expect(lost.findings.first?.position == Position(number / 16))
    let extra = try verify { try $0.put("state", number + 15, [0]) }
    #expect(failed(extra) == [.views])
  }

  @Test func `another identity is found in the tree and the ids`() throws {
    let found = try verify { try $0.change(nil, Array(".identity".utf8)) { $0.flipped(at: 3) } }
    #expect(failed(found).contains(.tree))
    let secret = try verify { try $0.change(nil, Array(".identity".utf8)) { $0.flipped(at: 20) } }
    #expect(failed(secret) == [.ids])
  }

  // MARK: The file

  @Test func `a truncated file and changed first pages are found before anything is mapped`() throws
  {
    let directory = try VerifyFixture.copy()
    do {
      // So long that it goes to the end of the file: no free pages lie behind it.
      let text = String(repeating: "z", count: 65_000)
      let payload = VerifyFixture.payload(#"{"text":"\#(text)"}"#)
      _ = try directory.engine(9).append(Draft(type: "note", payload: payload))
    }
    let whole = try verifyContents(of: directory.dataFile)
    for size in [0, 5000, 9000, whole.count / 2 / 4096 * 4096 + 7, whole.count - 1] {
      try verifyOverwrite(directory.dataFile, with: Array(whole[..<size]))
      let found = try directory.verify()
      #expect(found.verdict == .damaged && failed(found) == [.file], "\(size) bytes")
    }
    var turned = whole
    turned[16] ^= 1
    try verifyOverwrite(directory.dataFile, with: turned)
    #expect(failed(try directory.verify()) == [.file])
  }

  @Test func `a list of free pages that begins elsewhere is found, and the events stand`() throws {
    let directory = try VerifyFixture.copy()
    var bytes = try verifyContents(of: directory.dataFile)
    func number(_ place: Int) -> UInt64 {
      bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    // The newer of the two first pages names both roots: of the free pages, and of the tables.
    let start = number(144) > number(4096 + 144) ? 0 : 4096
    bytes.replaceSubrange(start + 80..<start + 88, with: bytes[start + 128..<start + 136])
    try verifyOverwrite(directory.dataFile, with: bytes)
    let found = try directory.verify()
    #expect(failed(found) == [.pages])
    #expect(found.verdict == .damaged && found.firstBad == nil)
    #expect(found.findings.first?.message.contains("page \(number(start + 128)) ") == true)
    #expect(found.verdictText.contains("events up to position \(found.head)"))
    #expect(found.outcome(.pages)?.figures.contains("append nothing") == true)
  }

  // MARK: What was seen before

  @Test func `an old copy in the log's place is told from damage`() throws {
    let directory = try VerifyFixture.copy()
    let old = try VerifyFixture.dataFile.get()
    let before = try directory.verify().head
    try VerifyFixture.fill(directory.engine(5), seed: 5, events: 100)
    let now = try directory.verify()
    #expect(now.verdict == .intact && now.outcome(.external)?.status == .ok)
    #expect(now.head > before)
    try verifyOverwrite(directory.dataFile, with: old)
    let found = try directory.verify()
    #expect(found.verdict == .rolledBack)
    #expect(found.findings.map(\.phase) == [.external])
    #expect(found.firstBad == before.next)
  }

  @Test func `another history of the same log is found at the mark`() throws {
    let directory = try VerifyFixture.copy()
    let old = try VerifyFixture.dataFile.get()
    try VerifyFixture.fill(directory.engine(5), seed: 5, events: 100)
    let other = try VerifyDirectory()
    try other.create(verifyIdentity)
    try verifyOverwrite(other.dataFile, with: old)
    try VerifyFixture.fill(other.engine(6), seed: 6, events: 300)
    try verifyOverwrite(directory.dataFile, with: verifyContents(of: other.dataFile))
    let found = try directory.verify()
    #expect(found.verdict == .rolledBack)
    #expect(found.findings.first?.message.contains("history differs") == true)
  }

  // MARK: Telling

  @Test func `updates survive the pipe, and a crash keeps what was told`() throws {
    let directory = try VerifyFixture.copy()
    try Surgeon(directory).change("log", 700) { bytes in bytes.flipped(at: bytes.count - 3) }
    var updates: [Verification.Update] = []
    let told = try withUpdates(directory) { updates.append($0) }
    var rebuilt = Verification(subject: Verification.Subject(path: ""))
    for update in updates {
      let back = Verification.Update(line: Substring(update.line))
      #expect(back == update)
      if let back { rebuilt.apply(back) }
    }
    #expect(rebuilt == told)
    var crashed = Verification(subject: Verification.Subject(path: ""))
    for update in updates.prefix(3) { crashed.apply(update) }
    crashed.applyCrash(signal: "SIGBUS")
    #expect(crashed.verdict == .damaged)
    #expect(crashed.outcomes.count == Phase.usual.count)
    let odd = Verification.Update.finding(
      Verification.Finding(phase: .names, position: nil, through: nil, message: "a\tb\\n\nc"))
    #expect(Verification.Update(line: Substring(odd.line)) == odd)
  }

  private func withUpdates(
    _ directory: VerifyDirectory, _ body: (Verification.Update) -> Void
  ) throws -> Verification {
    try withoutActuallyEscaping(body) { body in
      try Verification.verify(log: directory.log, directory.options, onUpdate: body)
    }
  }
}

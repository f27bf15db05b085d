internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// Programs of different versions on one log.
@Suite struct CatalogMarkTests {
  private struct SetMark: WriteUnit {
    let bytes: [UInt8]?
    var isDryRun: Bool { false }

    func run(_ tables: inout some LogWriter & ~Copyable & ~Escapable) throws(LogError) {
      try tables.set(bytes, CatalogMark.key)
    }
  }

  private struct ReadMark: ReadUnit {
    func run(
      _ tables: borrowing some LogReader & ~Copyable & ~Escapable
    ) throws(LogError) -> [UInt8]? { try tables.value(CatalogMark.key) }
  }

  private let note = #"{"type":"note","payload":{"text":"a"}}"#
  private let current = CatalogMark.current

  private func set(_ bytes: [UInt8]?, _ bench: Bench) throws {
    var unit = SetMark(bytes: bytes)
    try bench.engine.log.write(waitNanoseconds: 5_000_000_000, &unit)
  }

  private func stored(_ bench: Bench) throws -> [UInt8]? {
    var read = ReadMark()
    return try bench.engine.log.read(&read)
  }

  @Test(arguments: LogKind.allCases)
  func `the log says which catalog it was written with`(kind: LogKind) throws {
    let bench = try Bench(kind)
    #expect(try stored(bench) == nil)
    try bench.append(note)
    #expect(try stored(bench) == current.encoded)
  }

  @Test(arguments: LogKind.allCases)
  func `a newer program takes the log over at its first append`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(note)
    try set(CatalogMark(number: current.number - 1, digest: 5).encoded, bench)
    var dry = AppendOptions()
    dry.isDryRun = true
    try bench.append(note, dry)
    #expect(try stored(bench) != current.encoded)
    try bench.append(note)
    #expect(try stored(bench) == current.encoded)
  }

  @Test(arguments: LogKind.allCases)
  func `an older program may read the log and not write it, also when it has it open`(
    kind: LogKind
  ) throws {
    let bench = try Bench(kind)
    try bench.append(note)
    let prepared = try bench.engine.prepare(bench.draft(note))
    for other in [
      CatalogMark(number: current.number + 1, digest: current.digest),
      CatalogMark(number: current.number, digest: current.digest ^ 1),
    ] {
      try set(other.encoded, bench)
      let before = try bench.dump()
      #expect(throws: LogError.self) { try bench.append(note) }
      let error = try #require(throws: LogError.self) { try bench.engine.append([prepared]) }
      #expect(error.code == .tooOld)
      #expect(error.expected == "catalog \(other)")
      #expect(error.actual == "catalog \(current)")
      let rebuild = #expect(throws: LogError.self) { try bench.engine.rebuildViews() }
      #expect(rebuild?.code == .tooOld)
      #expect(try bench.dump() == before)
      #expect(try bench.engine.event(.position(Position(1))).envelope.type == "note")
    }
  }

  @Test(arguments: LogKind.allCases)
  func `a damaged mark is not overwritten`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try set([1, 2, 3], bench)
    let error = #expect(throws: LogError.self) { try bench.append(note) }
    #expect(error?.code == .corruption)
    #expect(try stored(bench) == [1, 2, 3])
  }
}

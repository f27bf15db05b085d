internal import Engine
internal import Events
internal import TestSupport
import Testing

/// What both logs promise about rows that a rebuild writes beside those in force.
@Suite struct StagingTests {
  private struct Stage: WriteUnit {
    let rows: [EntityNumber: StateRow]
    var isDryRun = false

    func run(_ tables: inout some LogWriter & ~Copyable & ~Escapable) throws(LogError) {
      for (number, row) in rows { try tables.stage(row, number) }
    }
  }

  private struct Adopt: WriteUnit {
    let isDryRun = false

    func run(_ tables: inout some LogWriter & ~Copyable & ~Escapable) throws(LogError) {
      try tables.adoptStagedRows()
    }
  }

  private struct Remove: WriteUnit {
    let isDryRun = false

    func run(_ tables: inout some LogWriter & ~Copyable & ~Escapable) throws(LogError) -> Bool {
      try tables.removeRowsNotInForce(count: 2)
    }
  }

  @Test(arguments: LogKind.allCases)
  func `staged rows are seen by nobody until they are adopted, and then by all`(
    kind: LogKind
  ) throws {
    let bench = try Bench(kind)
    try bench.append(
      all: (0..<5).map { #"{"type":"thing_noted","payload":{"id":"\#($0)"}}"# })
    let before = try bench.dump()
    var changed = before.rows
    for number in changed.keys { changed[number]?.revision += 100 }
    for round in 0..<2 {
      var stage = Stage(rows: changed)
      try bench.engine.log.write(waitNanoseconds: 5_000_000_000, &stage)
      if round == 0 { #expect(try bench.dump() == before) }
      try bench.reopen()
      var adopt = Adopt()
      try bench.engine.log.write(waitNanoseconds: 5_000_000_000, &adopt)
      #expect(try bench.dump().rows == changed)
      #expect(try bench.dump().names == before.names)
      var remove = Remove()
      var rounds = 0
      while try bench.engine.log.write(waitNanoseconds: 5_000_000_000, &remove), rounds < 10 {
        rounds += 1
      }
      #expect(rounds < 10)
      #expect(try bench.dump().rows == changed)
    }
    // Appending goes on with the rows in force.
    let receipt = try bench.append(#"{"type":"thing_noted","payload":{"id":"0"}}"#)
    #expect(receipt.revision == 102)
  }
}

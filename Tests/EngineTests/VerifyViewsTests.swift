import Bytes
import Engine
import EventLog
import Events
import JSON
import LMDB
import Pipeline
import Testing

/// Views at any position, and rows rebuilt beside those in force.
@Suite struct VerifyViewsTests {
  /// All entries of a view as text.
  private func entries<Log>(
    _ engine: Engine<Log>, _ view: any View.Type, at position: Position? = nil, key: String? = nil
  ) throws -> [String] {
    var found: [String] = []
    try engine.project(
      view, at: position, now: Timestamp(milliseconds: 1_760_000_999_000), key: key
    ) { entry in
      found.append("\(entry.name) \(String(decoding: entry.json, as: UTF8.self))")
      return true
    }
    return found
  }

  @Test func `entries come in the order of names, and each is an object`() throws {
    let engine = try VerifyFixture.copy().engine()
    for view in views {
      var names: [Name] = []
      let now = Timestamp(milliseconds: 1_760_000_999_000)
      let span = try engine.project(view, now: now) { entry in
        names.append(entry.name)
        #expect(entry.json.first == UInt8(ascii: "{"))
        #expect(Payload(entry.json) != nil, "\(String(decoding: entry.json, as: UTF8.self))")
        return true
      }
      #expect(names == names.sorted())
      #expect(names.allSatisfy { $0.bytes.starts(with: Array(view.prefix.utf8)) })
      #expect(try span.last == engine.head().position)
    }
    #expect(try !entries(engine, WorkersView.self).isEmpty)
    #expect(try !entries(engine, TasksView.self).isEmpty)
  }

  @Test func `one key gives one entry, an unknown one none`() throws {
    let engine = try VerifyFixture.copy().engine()
    let one = try entries(engine, WorkersView.self, key: "w3")
    #expect(one.count == 1)
    #expect(try one == entries(engine, WorkersView.self, key: "worker-w3"))
    #expect(try one[0] == entries(engine, WorkersView.self).first { $0.hasPrefix("worker-w3 ") })
    #expect(try entries(engine, WorkersView.self, key: "nobody").isEmpty)
  }

  @Test func `the past equals what was the present then`() throws {
    let directory = try VerifyFixture.copy()
    let engine = try directory.engine(9)
    let then = try engine.head().position
    var before: [[String]] = []
    for view in views { before.append(try entries(engine, view)) }
    for (view, entries) in zip(views, before) {
      #expect(try self.entries(engine, view, at: then) == entries, "\(view.name)")
    }
    try VerifyFixture.fill(engine, seed: 9, events: 200)
    for (view, entries) in zip(views, before) {
      #expect(try self.entries(engine, view, at: then) == entries, "\(view.name)")
    }
    #expect(try entries(engine, TasksView.self) != before[3])
    #expect(try entries(engine, TasksView.self, at: Position.none).isEmpty)
  }

  @Test func `a folded log has the head that the log had`() throws {
    let engine = try VerifyFixture.copy().engine()
    #expect(try FoldedTables(engine.fold(), of: engine.log).head() == engine.head())
    let early = try FoldedTables(engine.fold(to: Position(700)), of: engine.log)
    #expect(try early.head().position == Position(700))
    #expect(try early.event(at: Position(701)) == nil)
    #expect(try early.subtreeRoot(1) != nil && early.subtreeRoot(2) == nil)
  }

  /// A log whose rows say that they were stored by an older layout.
  private func outdated() throws -> VerifyDirectory {
    let directory = try VerifyFixture.copy()
    try Surgeon(directory).operate { (transaction) throws(LMDBError) in
      let state = try transaction.openTable("state", integerKeys: true, create: false)
      for (key, row) in try rows(transaction, state) {
        // A byte less and an older layout, as a program of long ago would have it.
        var old = row
        if old[0] != 0 { old[1] = 0 }
        try transaction.put(state, key: key, value: row.count > 20 ? Array(old.dropLast()) : old)
      }
    }
    return directory
  }

  private func rows(
    _ transaction: borrowing WriteTransaction, _ table: Table
  ) throws(LMDBError) -> [(UInt64, [UInt8])] {
    var rows: [(UInt64, [UInt8])] = []
    var cursor = try transaction.cursor(table)
    var entry = try cursor.first()
    while let found = entry {
      rows.append((found.integerKey, found.value.copied))
      entry = try cursor.next()
    }
    return rows
  }

  @Test func `rows of an older layout are rebuilt, and the log equals its fold again`() throws {
    let directory = try outdated()
    do {
      let engine = try directory.engine()
      #expect(try !engine.viewsAreCurrent())
      #expect(throws: LogError.self) { try entries(engine, TasksView.self) }
      var told: [Position] = []
      try engine.rebuildViews(progress: { done, _ in told.append(done) })
      #expect(try told.last == engine.head().position)
      #expect(try engine.viewsAreCurrent())
      let whole = try VerifyFixture.copy().engine()
      for view in views {
        #expect(try entries(engine, view) == entries(whole, view))
      }
    }
    #expect(try directory.verify().verdict == .intact)
    // A second rebuild goes back to the first set of rows; appends go on in either.
    let engine = try directory.engine(11)
    try VerifyFixture.fill(engine, seed: 11, events: 100)
    try engine.rebuildViews()
    try VerifyFixture.fill(engine, seed: 12, events: 100)
    let found = engine.verify()
    #expect(found.verdict == .intact, "\(found.lines)")
  }

  @Test func `an interrupted rebuild leaves the old rows`() throws {
    let directory = try outdated()
    let before = try storedRows(directory)
    for stop in 1...3 {
      let engine = try directory.engine()
      var steps = 0
      do throws(LogError) {
        try engine.rebuildViews(onStep: { () throws(LogError) in
          steps += 1
          if steps == stop { throw LogError(.system, "stopped") }
        })
        Issue.record("the rebuild was not interrupted at step \(stop)")
      } catch {
        #expect(error.message == "stopped")
      }
      #expect(try !engine.viewsAreCurrent())
    }
    let after = try storedRows(directory)
    for (number, row) in before { #expect(after[number] == row) }
    let engine = try directory.engine()
    try engine.rebuildViews()
    #expect(try engine.viewsAreCurrent())
    #expect(engine.verify().verdict == .intact)
  }

  /// The rows of the first set.
  private func storedRows(_ directory: VerifyDirectory) throws -> [UInt64: [UInt8]] {
    var found: [UInt64: [UInt8]] = [:]
    try Surgeon(directory).operate { (transaction) throws(LMDBError) in
      let state = try transaction.openTable("state", integerKeys: true, create: false)
      for (key, row) in try rows(transaction, state) where key >> 63 == 0 { found[key] = row }
    }
    return found
  }

  @Test func `what is appended while rows are rebuilt is in them`() throws {
    let directory = try VerifyFixture.copy()
    let engine = try directory.engine(13)
    var steps = 0
    var failure: (any Error)?
    try engine.rebuildViews(onStep: { () throws(LogError) in
      steps += 1
      // The first time too much to be taken in under the lock.
      let events = steps == 1 ? 4000 : 100
      do { try VerifyFixture.fill(engine, seed: 100 + UInt64(steps), events: events) } catch {
        failure = error
      }
    })
    #expect(failure == nil)
    #expect(steps >= 4)
    let found = engine.verify()
    #expect(found.verdict == .intact, "\(found.lines)")
  }

  @Test func `a rebuild that another one overtakes stops`() throws {
    let directory = try VerifyFixture.copy()
    let engine = try directory.engine(13)
    var steps = 0
    do throws(LogError) {
      try engine.rebuildViews(onStep: { () throws(LogError) in
        steps += 1
        if steps == 2 { try engine.rebuildViews() }
      })
      Issue.record("the first rebuild went on")
    } catch {
      #expect(error.code == .busy)
    }
    #expect(engine.verify().verdict == .intact)
  }

  @Test func `a log in memory rebuilds its rows as well`() throws {
    let engine = Engine(
      log: MemoryLog(identity: verifyIdentity), clock: VerifyClock(),
      entropy: SeededEntropy(seed: 3))
    try VerifyFixture.fill(engine, seed: 3, events: 300)
    let before = engine.log.snapshot.rows
    #expect(try engine.viewsAreCurrent())
    try engine.rebuildViews()
    #expect(engine.log.snapshot.rows == before)
    #expect(try engine.viewsAreCurrent())
  }

  @Test func `a new log says which layouts its rows will have`() throws {
    let directory = try VerifyDirectory()
    try directory.create(
      verifyIdentity, values: [ViewLayouts.key: ViewLayouts.current.encoded])
    let engine = try directory.engine()
    #expect(try engine.viewsAreCurrent())
    #expect(ViewLayouts(ViewLayouts.current.encoded) == ViewLayouts.current)
    #expect(ViewLayouts([1]) == nil)
  }
}

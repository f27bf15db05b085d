internal import LMDB
import Testing

@Suite struct TransactionTests {
  let log: TemporaryLog

  init() throws { log = try TemporaryLog() }

  @Test func `what was committed is read back, by number and by bytes`() throws {
    let environment = try log.open()
    var writing = try environment.beginWrite()
    let numbers = try writing.openTable("numbers", integerKeys: true, create: true)
    let names = try writing.openTable("names", integerKeys: false, create: true)
    try writing.put(numbers, key: 7, value: [1, 2, 3])
    try writing.put(numbers, key: 8, value: [])
    try writing.put(names, key: [9], value: [4])
    try writing.commit()
    let reading = try environment.beginRead()
    let seven = try reading.get(numbers, 7)?.copied
    let eight = try reading.get(numbers, 8)?.copied
    let nine = try reading.get(numbers, 9)?.copied
    let name = try reading.get(names, key: [9])?.copied
    let noName = try reading.get(names, key: [9, 0])?.copied
    #expect(seven == [1, 2, 3])
    #expect(eight == [])
    #expect(nine == nil)
    #expect(name == [4])
    #expect(noName == nil)
  }

  @Test func `a transaction that is not committed leaves nothing`() throws {
    let environment = try log.open()
    let table = try environment.fill(count: 2)
    func interrupted() throws(LMDBError) {
      var writing = try environment.beginWrite()
      try writing.put(table, key: 3, value: [3])
      let seen = try writing.lastKey(table)
      #expect(seen == 3)
      throw .io
    }
    #expect(failure(interrupted) == .io)
    #expect(try environment.entryCount(table) == 2)
    #expect(try environment.fill(from: 3, count: 1) == table)
    #expect(try environment.entryCount(table) == 3)
  }

  @Test func `a snapshot does not see later commits`() throws {
    let environment = try log.open()
    let table = try environment.fill(count: 2)
    let before = try environment.beginRead()
    _ = try environment.fill(from: 3, count: 5)
    let after = try environment.beginRead()
    #expect(try before.lastKey(table) == 2)
    #expect(try after.lastKey(table) == 7)
    #expect(before.id == 1)
    #expect(after.id == 2)
    let writing = try environment.beginWrite()
    #expect(writing.id == 3)
  }

  @Test func `appending and not overwriting refuse keys that are taken`() throws {
    let environment = try log.open()
    let table = try environment.fill(count: 5)
    var writing = try environment.beginWrite()
    var errors: [LMDBError?] = []
    for key in UInt64(4)...6 {
      do throws(LMDBError) {
        try writing.put(table, key: key, value: [1], append: true)
        errors.append(nil)
      } catch { errors.append(error) }
    }
    do throws(LMDBError) {
      try writing.put(table, key: 2, value: [1], noOverwrite: true)
      errors.append(nil)
    } catch { errors.append(error) }
    #expect(errors == [.keyExist, .keyExist, nil, .keyExist])
    try writing.put(table, key: 2, value: [9])
    let replaced = try writing.get(table, 2)?.copied
    #expect(replaced == [9])
  }

  @Test func `deleting says whether there was something`() throws {
    let environment = try log.open()
    let table = try environment.fill(count: 2)
    var writing = try environment.beginWrite()
    let names = try writing.openTable("names", integerKeys: false, create: true)
    try writing.put(names, key: [1], value: [1])
    let results = [
      try writing.delete(table, key: 1), try writing.delete(table, key: 1),
      try writing.delete(names, key: [1]), try writing.delete(names, key: [1]),
    ]
    #expect(results == [true, false, true, false])
    try writing.commit()
    #expect(try environment.entryCount(table) == 1)
  }

  @Test func `sizes that LMDB can't keep are refused`() throws {
    let environment = try log.open()
    var writing = try environment.beginWrite()
    let names = try writing.openTable("names", integerKeys: false, create: true)
    var errors: [LMDBError?] = []
    for byteCount in [0, 1, 511, 512] {
      do throws(LMDBError) {
        try writing.put(names, key: [UInt8](repeating: 1, count: byteCount), value: [])
        errors.append(nil)
      } catch { errors.append(error) }
    }
    #expect(errors == [.badValueSize, nil, nil, .badValueSize])
    var tooLarge: LMDBError?
    do throws(LMDBError) {
      let value = [UInt8](repeating: 0, count: WriteTransaction.maxValueBytes + 1)
      try writing.put(names, key: [2], value: value)
    } catch { tooLarge = error }
    #expect(tooLarge == .badValueSize)
  }

  @Test func `keys of the wrong kind are refused before LMDB reads past them`() throws {
    let environment = try log.open()
    let numbers = try environment.fill(count: 1)
    var writing = try environment.beginWrite()
    let names = try writing.openTable("names", integerKeys: false, create: true)
    var errors: [LMDBError?] = []
    do throws(LMDBError) { try writing.put(numbers, key: [1], value: []) } catch {
      errors.append(error)
    }
    do throws(LMDBError) { try writing.put(names, key: 1, value: []) } catch {
      errors.append(error)
    }
    do throws(LMDBError) { _ = try writing.get(names, 1) } catch { errors.append(error) }
    do throws(LMDBError) { _ = try writing.get(numbers, key: [1]) } catch { errors.append(error) }
    do throws(LMDBError) { _ = try writing.openTable("names", integerKeys: true) } catch {
      errors.append(error)
    }
    do throws(LMDBError) { _ = try writing.openTable("numbers", integerKeys: false) } catch {
      errors.append(error)
    }
    #expect(errors == [LMDBError](repeating: .incompatible, count: 6))
    var missing: LMDBError?
    do throws(LMDBError) { _ = try writing.openTable("nothing", integerKeys: false) } catch {
      missing = error
    }
    #expect(missing == .notFound)
  }

  @Test func `a second write transaction on one thread is refused instead of waiting`() throws {
    let environment = try log.open()
    do {
      let writing = try environment.beginWrite()
      let second = failure { () throws(LMDBError) in _ = try environment.beginWrite() }
      #expect(second == .wouldDeadlock)
      #expect(writing.id == 1)
    }
    #expect(try environment.entryCount(environment.fill(count: 1)) == 1)
  }

  @Test func `a table that a reader opened stays open, and one at a time opens them`() throws {
    do { _ = try log.open().fill(count: 4) }
    let environment = try log.open()
    let table: Table
    do {
      let reading = try environment.beginRead()
      table = try reading.openTable("numbers", integerKeys: true)
      let other = try environment.beginRead()
      var refused: LMDBError?
      do throws(LMDBError) { _ = try other.openTable("numbers", integerKeys: true) } catch {
        refused = error
      }
      #expect(refused == .busy)
      #expect(try reading.lastKey(table) == 4)
    }
    #expect(try environment.entryCount(table) == 4)
  }

  @Test func `the last key of an empty table is none`() throws {
    let environment = try log.open()
    let table = try environment.fill(count: 0)
    let reading = try environment.beginRead()
    #expect(try reading.lastKey(table) == nil)
    #expect(try reading.statistics(of: table).depth == 0)
  }

  @Test func `statistics tell the shape of a table`() throws {
    let environment = try log.open()
    let table = try environment.fill(count: 200, byteCount: 1000)
    let reading = try environment.beginRead()
    let statistics = try reading.statistics(of: table)
    #expect(statistics.entries == 200)
    #expect(statistics.depth == 2)
    #expect(statistics.branchPages == 1)
    #expect(statistics.leafPages == 50 || statistics.leafPages == 67)
    #expect(statistics.overflowPages == 0)
  }
}

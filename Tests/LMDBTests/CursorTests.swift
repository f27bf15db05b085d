internal import LMDB
import Testing

@Suite struct CursorTests {
  let log: TemporaryLog

  init() throws { log = try TemporaryLog() }

  @Test(arguments: [false, true])
  func `a walk sees every entry in order, with prefetching or without`(prefetching: Bool) throws {
    let environment = try log.open()
    let table = try environment.fill(count: 5000)
    let reading = try environment.beginRead()
    var cursor = try reading.cursor(table, prefetching: prefetching)
    var keys: [UInt64] = []
    while let entry = try cursor.next() {
      keys.append(entry.integerKey)
      #expect(entry.value.byteCount == 100)
    }
    #expect(keys == Array(1...5000))
    var backwards: [UInt64] = []
    var other = try reading.cursor(table, prefetching: prefetching)
    while let entry = try other.previous() { backwards.append(entry.integerKey) }
    #expect(backwards == Array((1...5000).reversed()))
  }

  @Test func `a cursor goes to the first, the last, and at or after a number`() throws {
    let environment = try log.open()
    var writing = try environment.beginWrite()
    let table = try writing.openTable("even", integerKeys: true, create: true)
    for key in stride(from: UInt64(2), through: 600, by: 2) {
      try writing.put(table, key: key, value: [])
    }
    var cursor = try writing.cursor(table)
    let first = try cursor.first()?.integerKey
    let last = try cursor.last()?.integerKey
    let exact = try cursor.seek(to: 300)?.integerKey
    let after = try cursor.seek(to: 301)?.integerKey
    let current = try cursor.current()?.integerKey
    let next = try cursor.next()?.integerKey
    let beyond = try cursor.seek(to: 601)?.integerKey
    #expect(first == 2)
    #expect(last == 600)
    #expect(exact == 300)
    #expect(after == 302)
    #expect(current == 302)
    #expect(next == 304)
    #expect(beyond == nil)
  }

  @Test func `a cursor seeks bytes, in the order of bytes`() throws {
    let environment = try log.open()
    var writing = try environment.beginWrite()
    let table = try writing.openTable("names", integerKeys: false, create: true)
    for key in ["b", "a", "ab", "c"] {
      try writing.put(table, key: Array(key.utf8), value: Array(key.utf8))
    }
    var cursor = try writing.cursor(table)
    var walked: [[UInt8]] = []
    while let entry = try cursor.next() { walked.append(entry.key.copied) }
    #expect(walked == ["a", "ab", "b", "c"].map { Array($0.utf8) })
    let found = try cursor.seek(to: Array("aa".utf8))?.value.copied
    #expect(found == Array("ab".utf8))
    var refused: LMDBError?
    do throws(LMDBError) { _ = try cursor.seek(to: 1) } catch { refused = error }
    #expect(refused == .incompatible)
  }

  @Test func `entries of a snapshot stay valid while the cursor goes on`() throws {
    let environment = try log.open()
    let table = try environment.fill(count: 300)
    let reading = try environment.beginRead()
    var cursor = try reading.cursor(table)
    let first = try cursor.first()
    let last = try cursor.last()
    let keys = [first?.integerKey, last?.integerKey]
    #expect(keys == [1, 300])
  }

  @Test(arguments: [false, true])
  func `prefetching is a hint: numbers with gaps, and pages of the writer`(writing: Bool) throws {
    let environment = try log.open()
    let keys = (1...4000).map { UInt64($0 * $0) }
    var filling = try environment.beginWrite()
    let table = try filling.openTable("squares", integerKeys: true, create: true)
    for key in keys { try filling.put(table, key: key, value: [1, 2, 3]) }
    var seen: [UInt64] = []
    if writing {
      var cursor = try filling.cursor(table, prefetching: true)
      while let entry = try cursor.next() { seen.append(entry.integerKey) }
    } else {
      try filling.commit()
      let reading = try environment.beginRead()
      var cursor = try reading.cursor(table, prefetching: true)
      while let entry = try cursor.next() { seen.append(entry.integerKey) }
    }
    #expect(seen == keys)
  }

  @Test func `an empty table has no entries`() throws {
    let environment = try log.open()
    let table = try environment.fill(count: 0)
    let reading = try environment.beginRead()
    var cursor = try reading.cursor(table, prefetching: true)
    let found = [
      try cursor.first()?.integerKey, try cursor.last()?.integerKey,
      try cursor.next()?.integerKey, try cursor.seek(to: 0)?.integerKey,
    ]
    #expect(found == [nil, nil, nil, nil])
  }
}

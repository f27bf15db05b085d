internal import Glibc
internal import LMDB
import Testing

/// A directory that lives as long as a test.
final class TemporaryDirectory {
  let path: String

  init() throws(LMDBError) {
    var template = Array("/tmp/lmdb-tests.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw LMDBError(rawValue: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in ["data.mdb", "lock.mdb"] { unsafe unlink(path + "/" + name) }
    unsafe rmdir(path)
  }
}

@Suite struct EnvironmentTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func writing(_ environment: borrowing Environment) throws(LMDBError) -> Table {
    var transaction = try environment.beginWrite()
    let table = try transaction.openTable("numbers", integerKeys: true, create: true)
    for key in UInt64(1)...100 {
      try transaction.put(table, key: key, value: [UInt8](repeating: UInt8(key), count: Int(key)))
    }
    try transaction.commit()
    return table
  }

  @Test func `what was committed is read back`() throws {
    let environment = try Environment(path: directory.path)
    let table = try writing(environment)
    let transaction = try environment.beginRead()
    let found = try transaction.get(table, 7)
    #expect(found?.byteCount == 7)
    let isMissing = try transaction.get(table, 101) == nil
    #expect(isMissing)
    var cursor = try transaction.cursor(table)
    var sum = 0
    while let entry = try cursor.next() { sum += entry.value.byteCount + Int(entry.integerKey) }
    #expect(sum == 10100)
  }
}

internal import Glibc
internal import LMDB
import Testing

/// Misuse of transactions that the compiler refuses, each beside the proper use that it accepts.
@Suite struct CompileTests {
  struct Snippet: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: String
    /// What the compiler says, or nil if it accepts the code.
    let complaint: String?
  }

  static let snippets = [
    Snippet(
      testDescription: "reading, writing, committing",
      code: """
        func use(_ environment: borrowing Environment, _ table: Table) throws(LMDBError) -> Int {
          var writing = try environment.beginWrite()
          try writing.put(table, key: 1, value: [1])
          let count = try writing.get(table, 1)?.byteCount
          try writing.commit()
          let reading = try environment.beginRead()
          let span = try reading.get(table, 1)
          return (span?.byteCount ?? 0) + (count ?? 0)
        }
        final class Holder {
          let environment: Environment
          init(_ environment: Environment) { self.environment = environment }
          func lastKey(_ table: Table) throws(LMDBError) -> UInt64? {
            let environment = environment
            let reading = try environment.beginRead()
            return try reading.lastKey(table)
          }
        }
        """,
      complaint: nil),
    Snippet(
      testDescription: "a span leaves the function of its transaction",
      code: """
        @_lifetime(borrow environment)
        func leak(_ environment: borrowing Environment, _ table: Table) throws -> RawSpan? {
          let reading = try environment.beginRead()
          return try reading.get(table, 1)
        }
        """,
      complaint: "escapes its scope"),
    Snippet(
      testDescription: "a span is used after a put",
      code: """
        func use(_ writing: inout WriteTransaction, _ table: Table) throws -> Int {
          let span = try writing.get(table, 1)
          try writing.put(table, key: 2, value: [2])
          return span?.byteCount ?? 0
        }
        """,
      complaint: "overlapping accesses to 'writing'"),
    Snippet(
      testDescription: "a cursor is used after a put",
      code: """
        func use(_ writing: inout WriteTransaction, _ table: Table) throws {
          var cursor = try writing.cursor(table)
          try writing.put(table, key: 2, value: [2])
          _ = try cursor.next()
        }
        """,
      complaint: "overlapping accesses to 'writing'"),
    Snippet(
      testDescription: "a transaction is used after its commit",
      code: """
        func use(_ environment: borrowing Environment, _ table: Table) throws {
          var writing = try environment.beginWrite()
          try writing.commit()
          try writing.put(table, key: 1, value: [1])
        }
        """,
      complaint: "'writing' used after consume"),
    Snippet(
      testDescription: "a transaction is copied",
      code: """
        func use(_ environment: borrowing Environment) throws {
          let one = try environment.beginRead()
          let two = one
          print(one.id, two.id)
        }
        """,
      complaint: "'one' used after consume"),
    Snippet(
      testDescription: "a transaction is kept in a class",
      code: """
        final class Keeper { var transaction: ReadTransaction? }
        """,
      complaint: "escapes its scope"),
    Snippet(
      testDescription: "a transaction begins where it could be awaited in",
      code: """
        func use(_ environment: borrowing Environment) async throws {
          let writing = try environment.beginWrite()
          await Task.yield()
          try writing.commit()
        }
        """,
      complaint: "'beginWrite' is unavailable from asynchronous contexts"),
    Snippet(
      testDescription: "a transaction goes to another task",
      code: """
        func use(_ environment: borrowing Environment) throws {
          let reading = try environment.beginRead()
          Task { print(reading.id) }
        }
        """,
      complaint: "escapes its scope"),
    Snippet(
      testDescription: "a transaction leaves the scope of its environment",
      code: """
        func last(_ path: String, _ table: Table) throws -> UInt64? {
          let reading: ReadTransaction
          do {
            let environment = try Environment(path: path)
            reading = try environment.beginRead()
          }
          return try reading.lastKey(table)
        }
        """,
      complaint: "escapes its scope"),
  ]

  @Test(arguments: snippets)
  func `the compiler refuses misuse and accepts use`(_ snippet: Snippet) throws {
    let log = try TemporaryLog()
    let file = log.path + "/link"
    try overwrite(file, with: Array("import LMDB\n\(snippet.code)\n".utf8))
    let (accepted, output) = try compile(file)
    if let complaint = snippet.complaint {
      #expect(!accepted && output.contains(complaint), "\(output)")
    } else {
      #expect(accepted, "\(output)")
    }
  }

  /// Runs the compiler as far as it checks lifetimes.
  private func compile(_ file: String) throws(LMDBError) -> (accepted: Bool, output: String) {
    let sources = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    let package = sources.dropLast(3)
    let executable = CommandLine.arguments[0].split(
      separator: "/", omittingEmptySubsequences: false)
    let modules = (executable.dropLast() + ["Modules"]).joined(separator: "/")
    // SwiftPM names a root package after its directory.
    let packageName = String(
      (package.last ?? "").lowercased().map { letter in
        letter.isLetter || letter.isNumber ? letter : "_"
      })
    let command = """
      ulimit -c 0; swiftc -frontend -emit-sil -o /dev/null -parse-as-library -swift-version 6 \
      -enable-experimental-feature Lifetimes -package-name '\(packageName)' -module-name Snippet \
      -I '\(modules)' -I '\(package.joined(separator: "/"))/Sources/CLMDB' '\(file)' 2>&1
      """
    guard let pipe = unsafe popen(command, "r") else { throw LMDBError(rawValue: errno) }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe fread(&chunk, 1, chunk.count, pipe)
      guard count > 0 else { break }
      output += chunk[..<count]
    }
    let status = unsafe pclose(pipe)
    return (status == 0, String(decoding: output, as: UTF8.self))
  }
}

import JSON
import Schema
import Testing

struct SuiteTests {
  /// Runs the cases of a file and returns how many there were.
  private func run(_ file: String) throws -> Int {
    let compiler = SchemaCompiler(
      unknownKeywords: .allow, formats: .assert, load: Suite.remote)
    let cases = try Suite.cases(file)
    for test in cases {
      do {
        let schema = try compiler.compile(test.schema, id: "http://localhost:1234/test.json")
        #expect(schema.isValid(test.document, test.data) == test.valid, "\(test.name)")
        let violations = schema.violations(in: test.document, at: test.data, limit: 100)
        #expect(violations.isEmpty == test.valid, "\(test.name)")
        #expect(
          schema.firstViolation(in: test.document, at: test.data) == violations.first,
          "\(test.name)")
      } catch {
        Issue.record("\(test.name): \(error)")
      }
    }
    return cases.count
  }

  @Test func `the official draft-07 suite passes, all 423 required tests`() throws {
    var count = 0
    for file in try Suite.requiredFiles() { count += try run(file) }
    #expect(count == 423)
  }

  @Test(arguments: [
    ("date-time", 9), ("date", 3), ("time", 3), ("regex", 2), ("uri", 19), ("uri-reference", 7),
    ("email", 2), ("hostname", 5), ("ipv4", 5), ("ipv6", 4), ("json-pointer", 32),
    ("relative-json-pointer", 5),
  ])
  func `the suite's optional tests of a format pass`(_ format: String, _ count: Int) throws {
    #expect(try run("optional/format/\(format).json") == count)
  }

  @Test(arguments: [("ecmascript-regex", 1), ("bignum", 9)])
  func `other optional tests pass`(_ file: String, _ count: Int) throws {
    #expect(try run("optional/\(file).json") == count)
  }

  @Test func `every schema of the suite keeps the built-in meta-schema`() throws {
    let compiler = SchemaCompiler()
    let meta = try compiler.compile(
      Array(#"{"$ref":"http://json-schema.org/draft-07/schema#"}"#.utf8), id: "meta")
    for file in try Suite.requiredFiles() {
      for test in try Suite.cases(file) {
        let schema = try JSONDocument(parsing: test.schema)
        #expect(meta.firstViolation(in: schema, at: schema.root) == nil, "\(test.name)")
      }
    }
  }
}

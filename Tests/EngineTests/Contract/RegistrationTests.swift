import Bytes
import Engine
import Events
import JSON
import Pipeline
import TestSupport
import Testing

/// A log learns types from `schema_registered`, whoever brings it.
@Suite struct RegistrationTests {
  /// The line of an export that registers a schema.
  private func line(
    _ schema: [UInt8] = TestTypes.deploy(), type: String = "deploy_finished",
    digest: String? = nil, more: String = ""
  ) throws -> String {
    let document = try JSONDocument(parsing: schema)
    let bytes = document.compacted(document.root)
    let digest = digest ?? Digest.sha256(of: bytes).description
    return #"{"type":"schema_registered","payload":{"type":"\#(type)","digest":"\#(digest)","#
      + #""schema":\#(String(decoding: bytes, as: UTF8.self))}\#(more)}"#
  }

  private let use = #"{"type":"deploy_finished","payload":{"id":"a"}}"#

  @Test(arguments: LogKind.allCases)
  func `later drafts of the same transaction use the type`(kind: LogKind) throws {
    let bench = try Bench(kind)
    #expect(throws: LogError.self) { try bench.append(use) }
    var options = AppendOptions()
    options.isAtomic = true
    let stored = try bench.append(all: [line(), use], options)
    #expect(stored.count == 2)
    #expect(try stored[1].get().stream.description == "deploy-a")
    try bench.reopen()
    #expect(try bench.append(use).revision == 2)
    let wrong = #expect(throws: LogError.self) {
      try bench.append(use.replacing(#""a""#, with: "7"))
    }
    #expect(wrong?.code == .violation)
  }

  @Test(arguments: LogKind.allCases)
  func `a type whose registration is refused is no type`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let outcomes = try bench.append(all: [line(more: #","expect":3"#), use])
    let codes = outcomes.map { outcome -> LogError.Code? in
      if case .failure(let error) = outcome { error.code } else { nil }
    }
    #expect(codes == [.conflict, .unknownType])
    #expect(try bench.engine.head().position == .none)
    // Not even where the log has another schema of that name.
    let other = try UserType(TestTypes.deploy(description: "Another."), origin: "a test")
    let late = try [line(), use].map { try bench.engine.prepare(bench.draft($0)) }
    _ = try Bench.engine(bench.engine.log, bench).registerSchema(other)
    let refused = try bench.engine.append(late)
    #expect(refused.allSatisfy { if case .failure = $0 { true } else { false } }, "\(refused)")
    #expect(try bench.engine.head().position == Position(1))
  }

  @Test(arguments: LogKind.allCases)
  func `the same schema again is a duplicate, another one is refused`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(#"{"type":"note","payload":{"text":"a"}}"#)
    let type = try UserType(TestTypes.deploy(), origin: "a test")
    var first = try bench.engine.registerSchema(type)
    #expect(first.position == Position(2) && !first.isDuplicate)
    first.isDuplicate = true
    #expect(try bench.engine.registerSchema(type) == first)
    #expect(try bench.append(line()) == first)
    let error = #expect(throws: LogError.self) {
      try bench.append(line(TestTypes.deploy(description: "Another.")))
    }
    #expect(error?.code == .idTaken)
    #expect(try bench.engine.head().position == Position(2))
  }

  @Test func `a line is checked like a file`() throws {
    let bench = try Bench(.memory)
    let wrong = [
      (try line(Array("{}".utf8)), "/schema"),
      (try line(type: "deploy_ended"), "/type"),
      (try line(digest: String(repeating: "0", count: 64)), "/digest"),
      (try line(TestTypes.deploy(more: #","adds":["total"]"#)), "/schema/x-uetlog/adds"),
      (
        try line(TestTypes.deploy(description: String(repeating: "a", count: 201 << 10))),
        "/schema"
      ),
    ]
    for (line, pointer) in wrong {
      let error = #expect(throws: LogError.self) { try bench.append(line) }
      #expect(error?.pointer == pointer, "\(String(describing: error))")
    }
    #expect(try bench.engine.head().position == .none)
    #expect(throws: LogError.self) { try bench.append(use) }
  }
}

internal import ArgumentParser
internal import Configuration
internal import Events
internal import Glibc
internal import JSON
internal import Pipeline
internal import Schema

/// Checks documents against a schema.
struct SchemaCheck: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a document, or many, against a schema.",
    usage: "uetlog schema check --schema <schema> [--jsonl] <file> [<options>]",
    discussion: """
      Prints every way in which a document breaks the schema, up to a hundred; exit 65 if there \
      is one.

      EXAMPLES
        uetlog schema check --schema patch_artifact.v1 artifact.json
        uetlog schema check --schema worker_heartbeat --jsonl beats.jsonl
      """)

  @Option(help: "An event type, a document such as patch_artifact.v1, or a file.")
  var schema: String

  @Flag(help: "The file has a document on each line.")
  var jsonl = false

  @Argument(help: "The file; - for standard input.")
  var file: String

  @OptionGroup var common: CommonOptions

  private static let byteCountMax = 1 << 30
  private static let violationCountMax = 100

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let named = try NamedSchema(schema, log: common.log, console.here)
    let compiled = try Catalog.compile(named.bytes, id: named.id)
    let bytes = try contents()
    var brokenCount = 0
    guard jsonl else {
      return isSound(bytes, line: nil, compiled, console) ? .done : .badInput
    }
    var splitter = LineSplitter(byteCountMax: Self.byteCountMax)
    var number = 0
    func check(_ piece: LineSplitter.Piece) {
      number += 1
      guard case .line(let line) = piece, line.contains(where: { $0 > 0x20 }) else { return }
      if !isSound(line, line: number, compiled, console) { brokenCount += 1 }
    }
    splitter.take(bytes[...], check)
    if let last = splitter.end() { check(last) }
    console.note("\(number) lines, \(brokenCount) broken")
    return brokenCount == 0 ? .done : .badInput
  }

  private func contents() throws(LogError) -> [UInt8] {
    if file == "-" {
      return try Files.contents(
        of: STDIN_FILENO, name: "standard input", byteCountMax: Self.byteCountMax)
    }
    if let bytes = try Files.contents(file, byteCountMax: Self.byteCountMax) { return bytes }
    throw LogError(.notFound, "there is no file \(file)")
  }

  /// Checks one document and prints the result; whether it keeps the schema.
  private func isSound(
    _ bytes: [UInt8], line: Int?, _ schema: CompiledSchema, _ console: Console
  ) -> Bool {
    var violations: [Violation] = []
    do {
      let document = try JSONDocument(parsing: bytes)
      violations = schema.violations(
        in: document, at: document.root, limit: Self.violationCountMax)
    } catch {
      violations = [
        Violation(
          pointer: error.pointer, keyword: "json", schemaPointer: "", expected: "JSON",
          found: error.description)
      ]
    }
    if console.isJSON {
      console.output.json(json(violations, line))
    } else {
      for violation in violations { console.output.line(text(violation, line, console.style)) }
      if violations.isEmpty, line == nil, !console.isQuiet {
        console.output.line("\(SafeText.escaped(file)): \(console.style(.good, "valid"))")
      }
    }
    return violations.isEmpty
  }

  private func text(_ violation: Violation, _ line: Int?, _ style: Style) -> String {
    let place = SafeText.escaped(file) + (line.map { ":\($0)" } ?? "")
    let pointer = violation.pointer.isEmpty ? "the document" : SafeText.escaped(violation.pointer)
    return "\(place): \(style(.bad, pointer)): expected \(SafeText.escaped(violation.expected)), "
      + "found \(SafeText.escaped(violation.found))"
  }

  private func json(_ violations: [Violation], _ line: Int?) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("file")
    writer.string(file)
    if let line {
      writer.key("line")
      writer.int(line)
    }
    writer.key("valid")
    writer.bool(violations.isEmpty)
    writer.key("violations")
    writer.beginArray()
    for violation in violations {
      writer.beginObject()
      for (key, text) in [
        ("pointer", violation.pointer), ("keyword", violation.keyword),
        ("expected", violation.expected), ("found", violation.found),
      ] {
        writer.key(key)
        writer.string(text)
      }
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}

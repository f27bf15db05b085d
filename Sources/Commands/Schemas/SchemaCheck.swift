internal import ArgumentParser
internal import Configuration
internal import Events
internal import JSON
internal import Pipeline
internal import Schema

/// Checks documents against a schema.
struct SchemaCheck: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a document, or many, against a schema.",
    usage: "uetlog schema check --schema <schema> [--jsonl] <file> ... [<options>]",
    discussion: """
      Prints every way in which a document breaks the schema, up to a hundred; exit 65 if there \
      is one, and 66 if a file is not there. With --json it prints one object for each document.

      EXAMPLES
        uetlog schema check --schema patch_artifact.v1 artifact.json
        uetlog schema check --schema patch_policy.v1 config/patch_policies/*.json
        uetlog schema check --schema worker_heartbeat --jsonl beats.jsonl
      """)

  @Option(help: "An event type, a document such as patch_artifact.v1, or a file.")
  var schema: String

  @Flag(help: "Each file has a document on each line.")
  var jsonl = false

  @Argument(help: ArgumentHelp("The files; - for standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup var common: CommonOptions

  private static let byteCountMax = 1 << 30
  private static let violationCountMax = 100

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let named = try NamedSchema(schema, log: common.log, console.here)
    let compiled = try Catalog.compile(named.bytes, id: named.id)
    var isSound = true
    var unread: ExitCode?
    for file in files {
      let bytes: [UInt8]
      do throws(LogError) {
        bytes = try InputFile(file, byteCountMax: Self.byteCountMax, console.here).bytes
      } catch {
        // The others are still worth looking at; nobody is told that all are sound.
        let code: ExitCode = console.report(error)
        unread = unread ?? code
        continue
      }
      let isFileSound =
        jsonl
        ? areSound(linesOf: bytes, file, compiled, console)
        : self.isSound(bytes, file, line: nil, compiled, console)
      isSound = isSound && isFileSound
    }
    return unread ?? (isSound ? .done : .badInput)
  }

  /// Checks the documents of a file, one on each line; whether all keep the schema.
  private func areSound(
    linesOf bytes: [UInt8], _ file: String, _ schema: CompiledSchema, _ console: Console
  ) -> Bool {
    var brokenCount = 0
    var splitter = LineSplitter(byteCountMax: Self.byteCountMax)
    var number = 0
    func check(_ piece: LineSplitter.Piece) {
      number += 1
      guard case .line(let line) = piece, line.contains(where: { $0 > 0x20 }) else { return }
      if !isSound(line, file, line: number, schema, console) { brokenCount += 1 }
    }
    splitter.take(bytes[...], check)
    if let last = splitter.end() { check(last) }
    console.note("\(number) lines, \(brokenCount) broken")
    return brokenCount == 0
  }

  /// Checks one document and prints the result; whether it keeps the schema.
  private func isSound(
    _ bytes: [UInt8], _ file: String, line: Int?, _ schema: CompiledSchema, _ console: Console
  ) -> Bool {
    var violations: [Violation] = []
    var line = line
    do {
      let document = try JSONDocument(parsing: bytes)
      violations = schema.violations(
        in: document, at: document.root, limit: Self.violationCountMax)
    } catch {
      // In a file of lines a document's own lines are not counted.
      if line == nil { line = error.line }
      violations = [Self.violation(error, in: bytes)]
    }
    if console.isJSON {
      console.output.json(json(violations, file, line))
    } else {
      for violation in violations {
        console.output.line(text(violation, file, line, console.style))
      }
      if violations.isEmpty, line == nil, !console.isQuiet {
        console.output.line("\(SafeText.escaped(file)): \(console.style(.good, "valid"))")
      }
    }
    return violations.isEmpty
  }

  private static func violation(_ error: JSONError, in bytes: [UInt8]) -> Violation {
    let hint = error.isAtComment(in: bytes) ? "; " + JSONError.commentHint : ""
    return Violation(
      pointer: error.pointer, keyword: "json", schemaPointer: "", expected: "JSON",
      found: "column \(error.column): \(error.message)\(hint)")
  }

  private func text(
    _ violation: Violation, _ file: String, _ line: Int?, _ style: Style
  ) -> String {
    let place = SafeText.escaped(file) + (line.map { ":\($0)" } ?? "")
    let pointer = violation.pointer.isEmpty ? "the document" : SafeText.escaped(violation.pointer)
    return "\(place): \(style(.bad, pointer)): expected \(SafeText.escaped(violation.expected)), "
      + "found \(SafeText.escaped(violation.found))"
  }

  private func json(_ violations: [Violation], _ file: String, _ line: Int?) -> [UInt8] {
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

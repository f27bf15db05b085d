internal import Configuration
internal import Diff
internal import Engine
internal import Events
internal import JSON
internal import Pipeline

/// The text of a patch from a file or from standard input.
struct PatchText {
  /// The name of where it came from.
  let name: String
  let bytes: [UInt8]
  let diff: UnifiedDiff

  /// - Parameters:
  ///   - file: nil or `-` for standard input.
  ///   - isOutput: whether it is what a tool printed, with a diff somewhere in it.
  init(
    _ file: String?, isOutput: Bool = false, _ here: Surroundings
  ) throws(LogError) {
    let limit = Limits.payloadByteCount(of: EventType.patch_created.name)
    let input = try InputFile(file, byteCountMax: limit, here)
    name = input.name
    let read = input.bytes
    let text = isOutput ? Self.extracted(read) : read
    bytes = text
    diff = UnifiedDiff(parsing: text.span)
  }

  private static func extracted(_ output: [UInt8]) -> [UInt8] {
    Extraction.diff(in: output.span) ?? output
  }
}

extension PatchText {
  /// What is said of a text in which no section can be read.
  var unreadable: LogError {
    let fault = diff.faults.first
    var error = LogError(
      .badInput, "\(name) holds no patch: \(fault?.message ?? "nothing can be read")",
      expected: "a unified diff, as `git diff` prints it",
      hint: "`uetlog patch inspect` tells everything that is wrong with it")
    error.line = fault?.line
    return error
  }

  /// The artifact's `scope`: what the diff touches, counted from its text.
  func writeScope(to writer: inout JSONWriter) { Self.writeScope(of: diff, to: &writer) }

  static func writeScope(of diff: UnifiedDiff, to writer: inout JSONWriter) {
    writer.key("scope")
    writer.beginObject()
    writer.member("files_touched", diff.filesTouched.map(\.text))
    writer.member("line_insertions", diff.insertions)
    writer.member("line_deletions", diff.deletions)
    writer.member("hunks", diff.hunkCount)
    writer.endObject()
  }
}

internal import Diff
internal import JSON

/// What a diff does, for people and for programs.
enum DiffReport {
  static func show(_ diff: UnifiedDiff, _ console: Console) {
    var table = Table([("change", false), ("+", true), ("-", true), ("file", false)])
    for file in diff.files {
      let isBinary = file.binary != nil
      table.add([
        kind(file), isBinary ? "bin" : "\(file.insertions)", isBinary ? "bin" : "\(file.deletions)",
        name(file),
      ])
    }
    if !diff.files.isEmpty {
      console.show(table)
      console.output.line(
        [
          diff.filesTouched.count.counted("file") + " touched",
          diff.insertions.counted("insertion"), diff.deletions.counted("deletion"),
          diff.hunkCount.counted("hunk"),
        ].joined(separator: ", ") + (diff.isReversible ? "; reversible" : "; not reversible"))
    }
    reportFaults(diff, console.output, console.style)
  }

  static func reportFaults(_ diff: UnifiedDiff, _ output: Output, _ style: Style) {
    for fault in diff.faults {
      let code = style(.bad, fault.code.rawValue)
      output.line("line \(fault.line): \(code): \(SafeText.escaped(fault.message))")
    }
  }

  private static func kind(_ file: FileChange) -> String {
    let modes = [file.oldMode, file.newMode].compactMap { $0 }
    if modes.contains(.symlink) { return "\(file.kind.rawValue) link" }
    if modes.contains(.submodule) { return "\(file.kind.rawValue) submodule" }
    return file.kind.rawValue
  }

  private static func name(_ file: FileChange) -> String {
    path(file) + (file.binary.map { " (\(measure(of: $0)))" } ?? "")
  }

  /// How much there is of what is no text.
  private static func measure(of binary: FileChange.Binary) -> String {
    guard case .encoded(let new, let old) = binary else { return "without its data" }
    return new.size.counted("byte") + (old.map { ", back " + $0.size.counted("byte") } ?? "")
  }

  private static func path(_ file: FileChange) -> String {
    guard file.kind == .rename || file.kind == .copy, let old = file.oldPath else {
      return file.path?.text ?? ""
    }
    return "\(old) -> \(file.newPath?.text ?? "")"
  }

  static func json(_ diff: UnifiedDiff) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("files_touched", diff.filesTouched.map(\.text))
    writer.member("line_insertions", diff.insertions)
    writer.member("line_deletions", diff.deletions)
    writer.member("hunks", diff.hunkCount)
    writer.member("reversible", diff.isReversible)
    writer.key("files")
    writer.beginArray()
    for file in diff.files { write(file, to: &writer) }
    writer.endArray()
    writer.key("faults")
    writer.beginArray()
    for fault in diff.faults { write(fault, to: &writer) }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  private static func write(_ file: FileChange, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("kind", file.kind.rawValue)
    writer.member("old_path", orNull: file.oldPath?.text)
    writer.member("new_path", orNull: file.newPath?.text)
    writer.member("old_mode", orNull: file.oldMode?.rawValue)
    writer.member("new_mode", orNull: file.newMode?.rawValue)
    writer.member("binary", file.binary != nil)
    if case .encoded(let new, let old) = file.binary {
      writer.member("binary_bytes", new.size)
      if let old { writer.member("binary_bytes_back", old.size) }
    }
    writer.member("line_insertions", file.insertions)
    writer.member("line_deletions", file.deletions)
    writer.member("hunks", file.hunks.count)
    writer.member("line", file.line)
    writer.endObject()
  }

  private static func write(_ fault: DiffFault, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("code", fault.code.rawValue)
    writer.member("line", fault.line)
    writer.member("message", fault.message)
    writer.endObject()
  }
}

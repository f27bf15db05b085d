internal import Engine
internal import Events
internal import JSON
internal import Secrets

/// An error as it is shown: lines for a person, or one JSON object for a program.
struct ErrorReport: Sendable {
  /// The word that programs compare.
  var code: String
  var error: LogError
  /// What introduces the first line.
  var prefix = "uetlog"

  /// Of secrets that the error quotes, only the rules that find them are shown.
  init(_ error: LogError) {
    code = error.code.rawValue
    self.error = error.erasing(.shared)
  }

  /// The event is stored, but nobody could be told.
  static func receiptLost(_ failure: OutputFailure, _ what: String) -> ErrorReport {
    let reason =
      switch failure {
      case .closed: "nobody reads the output any more"
      case .failed(let text): text
      }
    var report = ErrorReport(
      LogError(
        .system, "\(what), but the receipt could not be printed: \(reason)",
        hint: "Don't append it again: with the same id or key you get the same receipt"))
    report.code = "receipt_lost"
    return report
  }

  /// The lines for a person; nothing in them can change a terminal.
  func text(_ style: Style) -> String {
    let place = error.line.map { "line \($0): " } ?? ""
    var lines = [
      style(.bad, prefix + ":") + " " + place + SafeText.escapedLines(error.message, indent: "  ")
    ]
    func add(_ name: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      let label = name + ":" + String(repeating: " ", count: max(1, 9 - name.count))
      lines.append("  " + label + SafeText.escapedLines(value, indent: "            "))
    }
    add("at", error.pointer)
    add("expected", error.expected)
    add("found", error.actual)
    add("allowed", error.allowed.joined(separator: ", "))
    add("hint", error.hint)
    return lines.joined(separator: "\n")
  }

  /// `{"error":{…}}`.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("error")
    writer.beginObject()
    writer.key("code")
    writer.string(code)
    writer.key("message")
    writer.string(Self.cut(error.message, 16_384))
    write("expected", error.expected, &writer)
    write("actual", error.actual, &writer)
    if !error.allowed.isEmpty {
      writer.key("allowed")
      writer.beginArray()
      for word in error.allowed.prefix(1000) { writer.string(word) }
      writer.endArray()
    }
    if let line = error.line {
      writer.key("line")
      writer.int(line)
    }
    write("pointer", error.pointer.map { Self.cut($0, 4096) }, &writer)
    write("hint", error.hint.map { Self.cut($0, 1024) }, &writer)
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  private func write(_ key: String, _ value: String?, _ writer: inout JSONWriter) {
    guard let value else { return }
    writer.key(key)
    writer.string(value)
  }

  private static func cut(_ text: String, _ scalarCountMax: Int) -> String {
    guard text.utf8.count > scalarCountMax, text.unicodeScalars.count > scalarCountMax else {
      return text
    }
    var cut = String(text.unicodeScalars.prefix(scalarCountMax - 1))
    cut.unicodeScalars.append("…")
    return cut
  }
}

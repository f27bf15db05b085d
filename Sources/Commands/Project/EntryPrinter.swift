internal import JSON
internal import Pipeline

/// Prints a view's entries as a table, JSON, JSON lines or CSV.
struct EntryPrinter {
  private let view: any View.Type
  private let format: ProjectFormat
  private let console: Console
  private var table: Table
  private var count = 0

  init(_ view: any View.Type, _ format: ProjectFormat, _ console: Console) {
    self.view = view
    self.format = format
    self.console = console
    table = Table(view.columns.map { (title: $0.title, isNumber: $0.isNumeric) })
    switch format {
    case .csv: console.output.line(view.fields.map { CSV.field($0.name) }.joined(separator: ","))
    case .json: console.output.write("[")
    case .table, .jsonl: break
    }
  }

  mutating func add(_ json: [UInt8], _ entry: JSONDocument) {
    switch format {
    case .table: table.add(view.columns.map { entry.text(at: $0.path) ?? "" })
    case .jsonl: console.output.json(json)
    case .json:
      console.output.write(count == 0 ? "\n  " : ",\n  ")
      console.output.write(console.output.isTerminal ? SafeText.escapedJSON(json) : json)
    case .csv:
      let fields = view.fields.map { field in
        let text = entry.text(at: field.path) ?? ""
        // A terminal never gets what could change its state.
        return CSV.field(console.output.isTerminal ? SafeText.escaped(text) : text)
      }
      console.output.line(fields.joined(separator: ","))
    }
    count += 1
  }

  func finish() {
    switch format {
    case .table:
      guard count > 0 else {
        console.note("no \(view.name)")
        return
      }
      console.show(table)
    case .json: console.output.line(count == 0 ? "]" : "\n]")
    case .jsonl, .csv: break
    }
  }
}

/// Fields of comma-separated values (RFC 4180).
enum CSV {
  /// A field in quotes where it needs them; what a spreadsheet would run as a formula gets an
  /// apostrophe in front.
  static func field(_ text: String) -> String {
    var text = text
    if let first = text.utf8.first, [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D].contains(first),
      Double(text) == nil
    {
      text = "'" + text
    }
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

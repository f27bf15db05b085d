/// Rows of text in aligned columns; columns of numbers are aligned to the right.
struct Table: Sendable {
  private let titles: [String]
  private let areNumbers: [Bool]
  private var rows: [[String]] = []

  /// - Parameter columns: each column's title and whether it holds numbers.
  init(_ columns: [(title: String, isNumber: Bool)]) {
    titles = columns.map(\.title)
    areNumbers = columns.map(\.isNumber)
  }

  /// Adds a row of texts from anywhere: they are made safe here.
  mutating func add(_ cells: [String]) {
    rows.append(cells.map { SafeText.escaped($0) })
  }

  /// The lines, titles first, without blanks at their ends.
  func lines(_ style: Style) -> [String] {
    var widths = titles.map(Self.width)
    for row in rows {
      for (column, cell) in row.enumerated() where column < widths.count {
        widths[column] = max(widths[column], Self.width(cell))
      }
    }
    return [style(.bold, line(titles, widths))] + rows.map { line($0, widths) }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() where column < widths.count {
      let blanks = String(repeating: " ", count: max(0, widths[column] - Self.width(cell)))
      if column > 0 { line += "  " }
      line += areNumbers[column] ? blanks + cell : cell + blanks
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// How many places of a terminal a text takes.
  static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0..<0x300: return 1
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return 0
      default: return 1
      }
    }
  }
}

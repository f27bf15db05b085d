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

  /// Text columns are not made narrower than this.
  private static let widthMin = 8

  /// The lines, titles first, without blanks at their ends.
  ///
  /// - Parameter limit: the columns that there are; to keep to it, titles take several lines and
  ///   texts are cut.
  func lines(_ style: Style, width limit: Int? = nil) -> [String] {
    let isNarrow = limit.map { total(widths(below: titles.map { [$0] })) > $0 } ?? false
    let heads = titles.map { title in
      isNarrow ? title.split(separator: " ").map(String.init) : [title]
    }
    var columns = widths(below: heads)
    if let limit, isNarrow { shrink(&columns, to: limit) }
    let height = heads.map(\.count).max() ?? 0
    let headLines = (0..<height).map { line in
      // The last words stand right above the values.
      heads.map { words in
        let word = words.count - height + line
        return words.indices.contains(word) ? words[word] : ""
      }
    }
    return headLines.map { style(.bold, line($0, columns)) } + rows.map { line($0, columns) }
  }

  private func widths(below heads: [[String]]) -> [Int] {
    var widths = heads.map { $0.map(Self.width).max() ?? 0 }
    for row in rows {
      for (column, cell) in row.enumerated() where column < widths.count {
        widths[column] = max(widths[column], Self.width(cell))
      }
    }
    return widths
  }

  private func total(_ widths: [Int]) -> Int { widths.reduce(0, +) + 2 * (widths.count - 1) }

  /// Makes columns narrower: free text, which stands last, goes first, and last of all the first
  /// column, which has the names that people copy.
  private func shrink(_ widths: inout [Int], to limit: Int) {
    let texts = widths.indices.filter { !areNumbers[$0] }
    for column in texts { widths[column] = min(widths[column], max(limit, Self.widthMin)) }
    var excess = total(widths) - limit
    for columns in [texts.suffix(1), texts.dropFirst().dropLast(), texts.prefix(1)] {
      while excess > 0, let widest = columns.max(by: { widths[$0] < widths[$1] }),
        widths[widest] > Self.widthMin
      {
        widths[widest] -= 1
        excess -= 1
      }
    }
  }

  /// The text in at most `limit` places, with a mark at its end where something is missing; between
  /// two words if there is a place not too far from the end.
  static func cut(_ text: String, to limit: Int) -> String {
    guard width(text) > limit else { return text }
    guard limit > 0 else { return "" }
    var kept = String.UnicodeScalarView()
    var used = 0
    var isBetweenWords = false
    for scalar in text.unicodeScalars {
      guard used + width(scalar) < limit else {
        isBetweenWords = scalar == " "
        break
      }
      kept.append(scalar)
      used += width(scalar)
    }
    let start = String(kept)
    if !isBetweenWords, let blank = start.lastIndex(of: " "),
      width(String(start[..<blank])) >= limit / 2
    {
      return start[..<blank] + "…"
    }
    return start + "…"
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() where column < widths.count {
      let cell = Self.cut(cell, to: widths[column])
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

/// A line that is cut where the terminal ends, colours not counted.
struct FittedLine {
  private(set) var text = ""
  private var left: Int?

  /// - Parameter width: the terminal's columns; nil for a line as long as it gets.
  init(width: Int?) { left = width }

  /// Appends a part, as much of it as there is room for.
  ///
  /// - Parameter color: colours what is shown.
  mutating func add(_ part: String, _ color: (String) -> String = { $0 }) {
    guard let room = left else {
      text += color(part)
      return
    }
    guard room > 0 else { return }
    let shown = Table.cut(part, to: room)
    // After a cut nothing more fits.
    left = shown == part ? room - Table.width(part) : 0
    text += color(shown)
  }
}

/// Finds the diff in what a tool printed: between its sentences, in a fence, or indented.
package enum Extraction {
  /// The sections of the diff alone, one behind the other.
  ///
  /// Lines of fences are no part of a section. Where the headers stand indented, as in a list, the
  /// blanks before the first of them are taken off each line.
  ///
  /// - Returns: nil when there is no diff, or one with faults: a part that can't be read must not
  ///   be left out in silence, so the whole output is for the parser to judge.
  package static func diff(in output: Span<UInt8>) -> [UInt8]? {
    guard let last = output.indices.last, output[last] == UInt8(ascii: "\n") else {
      // A program's last line may lack its newline, a diff's may not.
      return output.isEmpty ? nil : diff(in: (output.copy(0..<output.count) + [0x0A]).span)
    }
    if let found = sections(of: output) { return found }
    guard let outdented = outdented(output) else { return nil }
    return sections(of: outdented.span)
  }

  private static func sections(of text: Span<UInt8>) -> [UInt8]? {
    let diff = UnifiedDiff(parsing: text)
    guard diff.faults.isEmpty else { return nil }
    var out: [UInt8] = []
    for file in diff.files {
      // Two bare names behind a header without hunks would be taken for a part of it.
      if !out.isEmpty, text[file.range.lowerBound] != UInt8(ascii: "d") {
        out.append(UInt8(ascii: "\n"))
      }
      out += text.copy(file.range)
      if out.last != UInt8(ascii: "\n") { out.append(UInt8(ascii: "\n")) }
    }
    return out
  }

  /// The text without the blanks that stand before its first header; nil when none stand there.
  private static func outdented(_ text: Span<UInt8>) -> [UInt8]? {
    var lines = LineCursor(text)
    while !lines.isAtEnd {
      let blanks = blankCount(lines)
      let rest = text.extracting((lines.start + blanks)..<lines.end)
      if blanks > 0, isHeader(rest) {
        return without(text.copy(lines.start..<(lines.start + blanks)), text)
      }
      lines.advance()
    }
    return nil
  }

  private static func blankCount(_ lines: borrowing LineCursor) -> Int {
    (lines.start..<lines.end).prefix { lines.text[$0] == 0x20 || lines.text[$0] == 0x09 }.count
  }

  private static func isHeader(_ line: Span<UInt8>) -> Bool {
    let cursor = LineCursor(line)
    return cursor.hasPrefix("diff --git ") || cursor.hasPrefix("--- ")
  }

  private static func without(_ indent: [UInt8], _ text: Span<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    var lines = LineCursor(text)
    while !lines.isAtEnd {
      let line = text.copy(lines.start..<lines.next)
      out += line.starts(with: indent) ? line.dropFirst(indent.count) : line[...]
      lines.advance()
    }
    return out
  }
}

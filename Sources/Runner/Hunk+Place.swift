internal import Diff

extension Hunk {
  /// Whether a file has the lines that the hunk leaves at the very place that it names.
  ///
  /// - Parameter text: what the hunk was parsed from.
  func isThere(in content: [UInt8], _ text: [UInt8]) -> Bool {
    var left: [UInt8] = []
    forEachLine(text) { marker, line in
      if marker != UInt8(ascii: "-") { left += line }
    }
    var place = content.startIndex
    for _ in 1..<max(1, new.first) {
      guard let end = content[place...].firstIndex(of: UInt8(ascii: "\n")) else { return false }
      place = end + 1
    }
    guard content[place...].starts(with: left) else { return false }
    return !newLacksNewline || place + left.count == content.count
  }

  /// Calls `body` with each line: its marker, a blank, `+` or `-`, and the bytes behind it with the
  /// newline, if it has one in the file.
  func forEachLine(_ text: [UInt8], _ body: (_ marker: UInt8, _ line: [UInt8]) -> Void) {
    let newline = UInt8(ascii: "\n")
    var pending: (marker: UInt8, line: [UInt8])?
    var start = self.body.lowerBound
    while start < self.body.upperBound {
      let rest = text[start..<self.body.upperBound]
      let line = rest.prefix { $0 != newline }
      start = line.endIndex + 1
      if line.first == UInt8(ascii: "\\") {
        if pending?.line.last == newline { pending?.line.removeLast() }
        continue
      }
      if let pending { body(pending.marker, pending.line) }
      // A line without anything has lost the blank at its front.
      pending = (line.first ?? UInt8(ascii: " "), line.dropFirst() + [newline])
    }
    if let pending { body(pending.marker, pending.line) }
  }
}

/// The line `@@ -1,3 +1,4 @@ heading`.
struct HunkHeader {
  var old: LineRange
  var new: LineRange
  let line: Int
  let heading: Range<Int>

  /// Reads the current line, which begins with `@@`.
  init(_ lines: borrowing LineCursor) throws(DiffFault) {
    var numbers = NumberReader(lines.text, lines.rest(after: "@@ -"), line: lines.number)
    guard lines.hasPrefix("@@ -") else { throw numbers.malformed() }
    old = try numbers.range()
    guard numbers.take(" +") else { throw numbers.malformed() }
    new = try numbers.range()
    guard numbers.take(" @@") else { throw numbers.malformed() }
    line = lines.number
    heading = numbers.at..<numbers.end
  }
}

/// Reads the numbers of a hunk's header.
struct NumberReader: ~Escapable {
  let text: Span<UInt8>
  var at: Int
  let end: Int
  let line: Int

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, _ range: Range<Int>, line: Int) {
    self.text = text
    at = range.lowerBound
    end = range.upperBound
    self.line = line
  }

  mutating func take(_ wanted: StaticString) -> Bool {
    guard LineCursor.hasPrefix(text, at: at, end: end, wanted) else { return false }
    at += wanted.utf8CodeUnitCount
    return true
  }

  /// `start` or `start,count`; a missing count is one.
  mutating func range() throws(DiffFault) -> LineRange {
    let start = try number()
    let count = take(",") ? try number() : 1
    guard count == 0 || start > 0 else { throw malformed() }
    guard start + count <= Int(Int32.max) else { throw tooLarge() }
    return LineRange(start: start, count: count)
  }

  private mutating func number() throws(DiffFault) -> Int {
    var value = 0
    let first = at
    while at < end, case let digit = text[at] &- UInt8(ascii: "0"), digit < 10 {
      value = value * 10 + Int(digit)
      if value > Int(Int32.max) { throw tooLarge() }
      at += 1
    }
    if at == first { throw malformed() }
    return value
  }

  func malformed() -> DiffFault {
    DiffFault(
      .hunkHeader, line: line,
      "this is no header of a hunk: expected \"@@ -START,COUNT +START,COUNT @@\"")
  }

  private func tooLarge() -> DiffFault {
    DiffFault(.lineNumber, line: line, "a line number is above \(Int32.max), the most git takes")
  }
}

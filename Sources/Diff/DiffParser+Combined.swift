extension DiffParser {
  /// The diff of a merge beside its parents: taken in for being shown, never applied.
  mutating func combinedSection(_ prefix: StaticString) throws(DiffFault) -> FileChange {
    let number = lines.number
    let start = lines.start
    let bytes = lines.text.copy(lines.rest(after: prefix))[...]
    var name = Array(bytes)
    if CQuoting.isQuoted(bytes) {
      guard let (unquoted, rest) = CQuoting.unquoted(bytes), rest.isEmpty else {
        throw SectionNames.quoting(number)
      }
      name = unquoted
    }
    let path = DiffPath(name)
    try PathRules.check(path, line: number)
    var file = FileChange(
      kind: .combined, oldPath: path, newPath: path, line: number, range: start..<start)
    lines.advance()
    while isCombinedHeader { lines.advance() }
    if lines.hasPrefix("Binary files ") {
      file.binary = .opaque
      lines.advance()
    }
    while lines.hasPrefix("@@@") { file.hunks.append(try combinedHunk()) }
    file.range = start..<min(lines.start, lines.text.count)
    return file
  }

  private var isCombinedHeader: Bool {
    let beginnings: [StaticString] = [
      "index ", "mode ", "new file mode ", "deleted file mode ", "--- ", "+++ ",
    ]
    return beginnings.contains { lines.hasPrefix($0) }
  }

  /// `@@@ -1,3 -1,2 +1,4 @@@`: a column for each parent in front of each line.
  private mutating func combinedHunk() throws(DiffFault) -> Hunk {
    let parents = lines.headerText.prefix { lines.text[$0] == UInt8(ascii: "@") }.count - 1
    var numbers = NumberReader(
      lines.text, (lines.start + parents + 1)..<lines.headerText.upperBound, line: lines.number)
    var old: [LineRange] = []
    for _ in 0..<parents {
      guard numbers.take(" -") else { throw numbers.malformed() }
      old.append(try numbers.range())
    }
    guard numbers.take(" +") else { throw numbers.malformed() }
    let new = try numbers.range()
    var hunk = Hunk(
      old: old[0], new: new, line: lines.number, heading: numbers.at..<numbers.end,
      body: lines.next..<lines.next)
    lines.advance()
    try combinedBody(&hunk, old.map(\.count), new.count)
    hunk.body = hunk.body.lowerBound..<min(lines.start, lines.text.count)
    return hunk
  }

  private mutating func combinedBody(
    _ hunk: inout Hunk, _ oldCounts: [Int], _ newCount: Int
  ) throws(DiffFault) {
    var old = oldCounts
    var new = newCount
    while new > 0 || old.contains(where: { $0 > 0 }) {
      guard !lines.isAtEnd, lines.end - lines.start >= old.count || lines.first == 0x5C else {
        throw fault(.hunkTruncated, "the hunk of a merge ends too early")
      }
      if lines.first == UInt8(ascii: "\\") {
        lines.advance()
        continue
      }
      let columns = lines.start..<(lines.start + old.count)
      let isRemoved = columns.contains { lines.text[$0] == UInt8(ascii: "-") }
      let isAdded = columns.contains { lines.text[$0] == UInt8(ascii: "+") }
      for (parent, column) in columns.enumerated() {
        // A removed line was in the parents that mark it, any other in those that don't.
        let wasThere = lines.text[column] == UInt8(ascii: isRemoved ? "-" : " ")
        if wasThere { old[parent] -= 1 }
      }
      if !isRemoved { new -= 1 }
      hunk.deletions += isRemoved ? 1 : 0
      hunk.insertions += isAdded && !isRemoved ? 1 : 0
      guard new >= 0, old.allSatisfy({ $0 >= 0 }) else {
        throw fault(.hunkTruncated, "the hunk of a merge has other lines than its header promises")
      }
      lines.advance()
    }
    if lines.hasPrefix("\\ ") { lines.advance() }
  }
}

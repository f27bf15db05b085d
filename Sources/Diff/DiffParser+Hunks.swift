extension DiffParser {
  /// The hunks that follow the headers of a file.
  mutating func hunks(of file: inout FileChange) throws(DiffFault) {
    var before: Hunk?
    while lines.hasPrefix("@@ -") || file.hunks.isEmpty && lines.hasPrefix("@@") {
      let header = try HunkHeader(lines)
      try mustFollow(header, before)
      lines.advance()
      let hunk = try body(header, of: file)
      if before?.oldLacksNewline == true || before?.newLacksNewline == true {
        throw DiffFault(
          .newline, line: hunk.line, "a hunk follows the one that holds the end of the file")
      }
      file.hunks.append(hunk)
      before = hunk
    }
    if file.oldPath == nil, file.hunks.contains(where: { $0.old.count > 0 }) {
      throw DiffFault(.contents, line: file.line, "a new file can't have lines before the change")
    }
    if !admitsNoContext { mustHaveContext(file) }
    if file.newPath == nil, file.hunks.contains(where: { $0.new.count > 0 }) {
      throw DiffFault(.contents, line: file.line, "a deleted file can't have lines left")
    }
  }

  /// Git must find the place of each hunk.
  ///
  /// It does so by the lines around it, and takes a hunk that has none for all of the file or puts
  /// it at the file's end: `diff -U0` can't be applied. Nor could what takes a hunk back whose new
  /// lines stand further down.
  private mutating func mustHaveContext(_ file: FileChange) {
    let first = file.hunks.first {
      !$0.hasContext && (file.hunks.count > 1 || max($0.old.start, $0.new.start) > 1)
    }
    guard let first else { return }
    faults.append(
      DiffFault(
        .noContext, line: first.line,
        "this hunk has no lines around its change, by which git would find its place: make the "
          + "diff with context, as `git diff` without -U0 does"))
  }

  /// Hunks stand in the order of the file and apart from each other.
  private func mustFollow(_ header: HunkHeader, _ before: Hunk?) throws(DiffFault) {
    guard let before else { return }
    if header.old.first < before.old.end || header.new.first < before.new.end {
      throw fault(.hunkOrder, "this hunk begins before the end of the one above it")
    }
  }

  private mutating func body(
    _ header: HunkHeader, of file: FileChange
  ) throws(DiffFault) -> Hunk {
    var hunk = Hunk(
      old: header.old, new: header.new, line: header.line, heading: header.heading,
      body: lines.start..<lines.start)
    var old = header.old.count
    var new = header.new.count
    var last: UInt8?
    while old > 0 || new > 0 {
      if lines.isAtEnd { throw truncated(old, new) }
      // An editor may have taken the blank of an empty line.
      let kind = lines.first ?? UInt8(ascii: " ")
      switch kind {
      case UInt8(ascii: " ") where old > 0 && new > 0:
        old &-= 1
        new &-= 1
      case UInt8(ascii: "-") where old > 0:
        old &-= 1
        hunk.deletions &+= 1
      case UInt8(ascii: "+") where new > 0:
        new &-= 1
        hunk.insertions &+= 1
      case UInt8(ascii: "\\"):
        try marker(&hunk, after: last)
        last = nil
        continue
      default: throw truncated(old, new)
      }
      try lines.mustEnd()
      try mustHaveNewline(hunk, kind)
      last = kind
      lines.advance()
    }
    if lines.hasPrefix("\\ ") { try marker(&hunk, after: last) }
    if hunk.insertions == 0, hunk.deletions == 0 {
      throw DiffFault(.hunkUnchanged, line: hunk.line, "this hunk neither adds nor removes a line")
    }
    hunk.body = hunk.body.lowerBound..<min(lines.start, lines.text.count)
    return hunk
  }

  /// Takes the line `\ No newline at end of file`, which is about the one above it.
  private mutating func marker(_ hunk: inout Hunk, after last: UInt8?) throws(DiffFault) {
    // Its words are in the language of who made the diff.
    guard lines.hasPrefix("\\ "), lines.end - lines.start >= 12, let last else {
      throw fault(.newline, "a marker of a missing newline must follow a line of the file")
    }
    if last != UInt8(ascii: "+") { hunk.oldLacksNewline = true }
    if last != UInt8(ascii: "-") { hunk.newLacksNewline = true }
    lines.advance()
  }

  /// Behind the last line of a side there is none more of that side.
  private func mustHaveNewline(_ hunk: Hunk, _ kind: UInt8) throws(DiffFault) {
    let isInOld = kind != UInt8(ascii: "+")
    let isInNew = kind != UInt8(ascii: "-")
    if isInOld && hunk.oldLacksNewline || isInNew && hunk.newLacksNewline {
      throw fault(.newline, "a line follows the one that has no newline, which must be the last")
    }
  }

  private func truncated(_ old: Int, _ new: Int) -> DiffFault {
    fault(
      .hunkTruncated,
      "the hunk ends too early: its header promises \(old) more lines before the change and "
        + "\(new) after it")
  }
}

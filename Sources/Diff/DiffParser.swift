/// Reads a diff section by section, and passes over what is none.
///
/// Follows git's `apply` in what begins a section; the numbers in a hunk's header say where it
/// ends, whatever its lines look like.
struct DiffParser: ~Escapable {
  var lines: LineCursor
  var files: [FileChange] = []
  var faults: [DiffFault] = []
  /// Whether paths are taken that no diff may bring in.
  private let admitsAnyPath: Bool
  /// The last line `diff --git` that began no section: git keeps its names for the next one.
  private var passedOver: Int?

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, admitsAnyPath: Bool) {
    lines = LineCursor(text)
    self.admitsAnyPath = admitsAnyPath
  }

  mutating func parse() {
    while !lines.isAtEnd, faults.count < UnifiedDiff.faultCountMax {
      let before = lines.start
      do {
        if let file = try section() {
          files.append(file)
          if file.kind != .combined { passedOver = nil }
        } else {
          lines.advance()
        }
      } catch {
        faults.append(error)
        // What is left of the broken section must not be taken for sections of their own.
        if lines.start == before { lines.advance() }
        skipToHeader()
      }
    }
  }

  /// The section that begins here; nil when none does.
  private mutating func section() throws(DiffFault) -> FileChange? {
    switch lines.first {
    case UInt8(ascii: "d"):
      if lines.hasPrefix("diff --git ") { return try gitSection() }
      if lines.hasPrefix("diff --cc ") { return try combinedSection("diff --cc ") }
      if lines.hasPrefix("diff --combined ") { return try combinedSection("diff --combined ") }
    case UInt8(ascii: "-"):
      if lines.hasPrefix("--- "), lines.following(1, hasPrefix: "+++ "),
        lines.following(2, hasPrefix: "@@ -")
      {
        return try plainSection()
      }
    case UInt8(ascii: "@"):
      if lines.hasPrefix("@@ -"), (try? HunkHeader(lines)) != nil {
        throw fault(.hunkOrphan, "a hunk without a header of its file")
      }
    default: break
    }
    return nil
  }

  /// A section with the headers of git; nil for a line that only looks like one, as mails have.
  private mutating func gitSection() throws(DiffFault) -> FileChange? {
    let start = lines.start
    let number = lines.number
    var header = GitHeader(names: lines.rest(after: "diff --git "))
    guard try beginsSection() else {
      passedOver = number
      return nil
    }
    // In quotes four bytes stand for one.
    if header.names.count > 2 * (4 * PathRules.byteCountMax + 8) {
      throw fault(.pathLength, "the names of this header have \(header.names.count) bytes")
    }
    lines.advance()
    while try header.take(&lines) {}
    if !header.hasNames { try mustStandAlone(number) }
    var file = try header.change(lines.text, line: number, start: start)
    if !admitsAnyPath {
      for path in [file.oldPath, file.newPath] {
        if let path { try PathRules.check(path, line: number) }
      }
    }
    if lines.hasPrefix("GIT binary patch") {
      file.binary = try binaryPatch()
    } else if isBinaryNotice {
      try lines.mustEnd()
      file.binary = .opaque
      lines.advance()
    } else {
      try hunks(of: &file)
    }
    if file.kind == .modify, file.hunks.isEmpty, file.binary == nil {
      throw DiffFault(
        .noChange, line: number, "the section of \(file.path?.text ?? "a file") changes nothing")
    }
    file.range = start..<min(lines.start, lines.text.count)
    return file
  }

  /// Whether the line below this `diff --git` is one of its header.
  private func beginsSection() throws(DiffFault) -> Bool {
    var after = lines
    after.advance()
    if GitHeader.reads(after) { return true }
    if after.hasPrefix("diff --git ") {
      throw fault(
        .headerTwice, "another \"diff --git\" follows, and git would give it the names of this one")
    }
    if after.hasPrefix("@@") {
      _ = try HunkHeader(after)
      throw fault(.hunkOrphan, "a hunk needs \"---\" and \"+++\" above it")
    }
    if after.hasPrefix("GIT binary patch") || after.hasPrefix("Binary files ") {
      throw fault(.binary, "git passes over a binary file without a line \"index\" or of its mode")
    }
    return false
  }

  /// Throws when git would give a section the names of a line that began none.
  private func mustStandAlone(_ line: Int) throws(DiffFault) {
    guard let passedOver else { return }
    throw DiffFault(
      .headerTwice, line: line,
      "git would give this section the names of line \(passedOver), which begins with "
        + "\"diff --git\", too")
  }

  private var isBinaryNotice: Bool {
    guard lines.hasPrefix("Binary files ") || lines.hasPrefix("Files ") else { return false }
    return lines.text.copy(lines.headerText).ends(with: " differ")
  }

  /// A section of `diff -u`: two names and hunks.
  private mutating func plainSection() throws(DiffFault) -> FileChange {
    let start = lines.start
    let number = lines.number
    let old = lines.rest(after: "--- ")
    lines.advance()
    let new = lines.rest(after: "+++ ")
    lines.advance()
    var file = try PlainNames.change(lines, old: old, new: new, line: number, start: start)
    if file.kind != .modify { try mustStandAlone(number) }
    try hunks(of: &file)
    PlainNames.settle(&file)
    file.range = start..<min(lines.start, lines.text.count)
    return file
  }

  /// Goes to the next line that says by itself that a section begins.
  private mutating func skipToHeader() {
    while !lines.isAtEnd {
      if lines.hasPrefix("diff --") { return }
      if lines.hasPrefix("--- "), lines.following(1, hasPrefix: "+++ "),
        lines.following(2, hasPrefix: "@@ -")
      {
        return
      }
      lines.advance()
    }
  }

  /// Whether hunks may lack context: of what is in a history only the changes are asked for.
  var admitsNoContext: Bool { admitsAnyPath }

  func fault(_ code: DiffFault.Code, _ message: String) -> DiffFault {
    DiffFault(code, line: lines.number, message)
  }
}

extension LineCursor {
  /// Throws when this line of a section is cut off: git would not take it.
  func mustEnd() throws(DiffFault) {
    guard lacksNewline else { return }
    throw DiffFault(
      .cutOff, line: number, "the last line has no newline, so that git refuses it: was it cut off?"
    )
  }
}

extension Collection where Element == UInt8 {
  /// Whether the last bytes are those of `text`.
  func ends(with text: String) -> Bool {
    count >= text.utf8.count && suffix(text.utf8.count).elementsEqual(text.utf8)
  }
}

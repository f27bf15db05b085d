/// What stands between `diff --git` and the first hunk.
struct GitHeader {
  /// The rest of the line `diff --git`: both names.
  let names: Range<Int>
  var old: NameLine?
  var new: NameLine?
  private var oldMode: ModeLine?
  private var newMode: ModeLine?
  private var from: NameLine?
  private var to: NameLine?
  private var kind: FileChange.Kind?
  private var similarity: Int?
  private var blobs: FileChange.Blobs?

  /// A name and the line that has it.
  struct NameLine {
    let range: Range<Int>
    let number: Int
  }

  private struct ModeLine {
    let mode: FileMode
    let number: Int
  }

  init(names: Range<Int>) {
    self.names = names
  }

  /// Whether git takes the current line for one of a header: what follows `diff --git` in a mail
  /// is none.
  static func reads(_ lines: borrowing LineCursor) -> Bool {
    beginnings.contains { lines.hasPrefix($0) }
  }

  /// Whether `---` and `+++` name the files, too.
  var hasNames: Bool { old != nil }

  private static let beginnings: [StaticString] = [
    "--- ", "+++ ",
    "old mode ", "new mode ", "deleted file mode ", "new file mode ", "copy from ", "copy to ",
    "rename from ", "rename to ", "rename old ", "rename new ", "similarity index ",
    "dissimilarity index ", "index ",
  ]

  /// Takes the current line when it is one of a header.
  mutating func take(_ lines: inout LineCursor) throws(DiffFault) -> Bool {
    guard Self.reads(lines) else { return false }
    try lines.mustEnd()
    if lines.hasPrefix("--- "), lines.following(1, hasPrefix: "+++ ") {
      old = name(lines, "--- ")
      lines.advance()
      try lines.mustEnd()
      new = name(lines, "+++ ")
      lines.advance()
      // git goes on to take what it knows, so that it could rename or make a link after all.
      if Self.reads(lines) { throw order(lines, "stands behind the names of the files") }
      return false
    }
    if lines.hasPrefix("--- ") || lines.hasPrefix("+++ ") {
      throw order(lines, "has no other one beside it: \"---\" and \"+++\" go together")
    }
    var isTaken = try takeMode(lines)
    if !isTaken { isTaken = try takeMove(lines) }
    if !isTaken { isTaken = try takeIndex(lines) }
    if isTaken { lines.advance() }
    return isTaken
  }

  private func order(_ lines: borrowing LineCursor, _ reason: String) -> DiffFault {
    DiffFault(.headerOrder, line: lines.number, "this line of a header \(reason)")
  }

  private mutating func takeIndex(_ lines: borrowing LineCursor) throws(DiffFault) -> Bool {
    if lines.hasPrefix("index ") {
      try index(lines)
    } else if lines.hasPrefix("similarity index ") {
      similarity = percent(lines, "similarity index ")
    } else {
      return lines.hasPrefix("dissimilarity index ")
    }
    return true
  }

  private mutating func takeMode(_ lines: borrowing LineCursor) throws(DiffFault) -> Bool {
    if lines.hasPrefix("old mode ") {
      oldMode = try mode(lines, "old mode ")
    } else if lines.hasPrefix("new mode ") {
      newMode = try mode(lines, "new mode ")
    } else if lines.hasPrefix("deleted file mode ") {
      oldMode = try mode(lines, "deleted file mode ")
      try be(.delete, lines)
    } else if lines.hasPrefix("new file mode ") {
      newMode = try mode(lines, "new file mode ")
      try be(.add, lines)
    } else {
      return false
    }
    return true
  }

  private mutating func takeMove(_ lines: borrowing LineCursor) throws(DiffFault) -> Bool {
    if lines.hasPrefix("rename from ") {
      from = name(lines, "rename from ")
    } else if lines.hasPrefix("rename old ") {
      from = name(lines, "rename old ")
    } else if lines.hasPrefix("rename to ") {
      to = name(lines, "rename to ")
    } else if lines.hasPrefix("rename new ") {
      to = name(lines, "rename new ")
    } else if lines.hasPrefix("copy from ") {
      from = name(lines, "copy from ")
    } else if lines.hasPrefix("copy to ") {
      to = name(lines, "copy to ")
    } else {
      return false
    }
    try be(lines.hasPrefix("copy ") ? .copy : .rename, lines)
    return true
  }

  private mutating func be(
    _ wanted: FileChange.Kind, _ lines: borrowing LineCursor
  ) throws(DiffFault) {
    if let kind, kind != wanted {
      throw DiffFault(
        .names, line: lines.number, "one section says both \(kind.rawValue) and \(wanted.rawValue)")
    }
    kind = wanted
  }

  private func name(_ lines: borrowing LineCursor, _ prefix: StaticString) -> NameLine {
    NameLine(range: lines.rest(after: prefix), number: lines.number)
  }

  private func percent(_ lines: borrowing LineCursor, _ prefix: StaticString) -> Int? {
    let text = String(decoding: lines.text.copy(lines.rest(after: prefix)), as: UTF8.self)
    guard text.last == "%", let value = Int(text.dropLast()), (0...100).contains(value) else {
      return nil
    }
    return value
  }

  private func mode(
    _ lines: borrowing LineCursor, _ prefix: StaticString
  ) throws(DiffFault) -> ModeLine {
    try mode(
      String(decoding: lines.text.copy(lines.rest(after: prefix)), as: UTF8.self), lines.number)
  }

  private func mode(_ text: String, _ line: Int) throws(DiffFault) -> ModeLine {
    guard let mode = FileMode(rawValue: text) else {
      throw DiffFault(
        .mode, line: line,
        "\(text.prefix(20).debugDescription) is no mode of a file: expected 100644, 100755, 120000 "
          + "(symbolic link) or 160000 (submodule)")
    }
    return ModeLine(mode: mode, number: line)
  }

  /// `index OLD..NEW` and, when the mode stays, the mode.
  private mutating func index(_ lines: borrowing LineCursor) throws(DiffFault) {
    let text = String(decoding: lines.text.copy(lines.rest(after: "index ")), as: UTF8.self)
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    let digests = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
    guard digests.count == 3, digests[1].isEmpty, parts.count <= 2,
      [digests[0], digests[2]].allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isHexDigit) })
    else { return }
    blobs = FileChange.Blobs(old: String(digests[0]), new: String(digests[2]))
    if parts.count == 2 {
      let both = try mode(String(parts[1]), lines.number)
      oldMode = oldMode ?? both
      newMode = newMode ?? both
    }
  }

  /// The change that the header tells of.
  func change(
    _ text: Span<UInt8>, line: Int, start: Int
  ) throws(DiffFault) -> FileChange {
    let sides = try SectionNames(text, line: line, header: names, from: from, to: to)
    let paths = try sides.checked(text, old: old, new: new, kind: kind)
    if kind == .rename || kind == .copy, paths.old == paths.new {
      throw DiffFault(.noChange, line: line, "a rename or copy must have two names, not one twice")
    }
    var change = FileChange(
      kind: kind ?? .modify, oldPath: paths.old, newPath: paths.new, oldMode: oldMode?.mode,
      newMode: newMode?.mode, similarity: similarity, blobs: blobs, line: line,
      range: start..<start)
    change.name = sides.hasPrefix ? .prefixed : .whole
    if change.oldPath == nil {
      change.kind = .add
      change.oldMode = nil
    }
    if change.newPath == nil {
      change.kind = .delete
      change.newMode = nil
    }
    if let old = change.oldMode, let new = change.newMode, old != new {
      guard old.hasType(of: new) else {
        throw DiffFault(
          .typeChange, line: newMode?.number ?? line,
          "a change of type from \(old.rawValue) to \(new.rawValue) must be a deletion and an "
            + "addition")
      }
      if change.kind == .modify { change.kind = .mode }
    }
    return change
  }
}

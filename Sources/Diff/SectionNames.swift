/// The two names of a section, which stand in up to three places that must agree.
struct SectionNames {
  private let old: [UInt8]
  private let new: [UInt8]
  /// What stands before the names in the lines `diff --git`, `---` and `+++`: `a/`, `b/`, others
  /// or nothing.
  private let oldPrefix: [UInt8]
  private let newPrefix: [UInt8]
  private let line: Int

  /// Finds the names in the line `diff --git`, with the help of those of a rename or copy.
  init(
    _ text: Span<UInt8>, line: Int, header: Range<Int>, from: GitHeader.NameLine?,
    to: GitHeader.NameLine?
  ) throws(DiffFault) {
    self.line = line
    let pairs = try Self.pairs(text.copy(header)[...], line)
    guard from != nil || to != nil else {
      guard let found = pairs.lazy.compactMap(Self.common).first else {
        throw DiffFault(
          .noName, line: line,
          "the two names are not the same one, and no line of a rename or copy says why")
      }
      old = found.name
      new = found.name
      oldPrefix = found.oldPrefix
      newPrefix = found.newPrefix
      return
    }
    guard let from, let to else {
      throw DiffFault(.names, line: line, "a rename or copy needs both \"from\" and \"to\"")
    }
    let source = try Self.plain(text, from)
    let target = try Self.plain(text, to)
    let fitting = pairs.first { pair in
      Self.prefix(of: pair.old, before: source) != nil
        && Self.prefix(of: pair.new, before: target) != nil
    }
    guard let fitting else {
      throw DiffFault(
        .names, line: from.number,
        "the names of the rename or copy are not those of its header \"diff --git\"")
    }
    old = source
    new = target
    oldPrefix = Self.prefix(of: fitting.old, before: source) ?? []
    newPrefix = Self.prefix(of: fitting.new, before: target) ?? []
  }

  var hasPrefix: Bool { !newPrefix.isEmpty }

  /// Compares with `---` and `+++`, and says which side exists.
  func checked(
    _ text: Span<UInt8>, old oldLine: GitHeader.NameLine?, new newLine: GitHeader.NameLine?,
    kind: FileChange.Kind?
  ) throws(DiffFault) -> (old: DiffPath?, new: DiffPath?) {
    var hasOld = kind != .add
    var hasNew = kind != .delete
    if let oldLine, let newLine {
      let isOldNull = try isNull(text, oldLine, is: oldPrefix + old)
      let isNewNull = try isNull(text, newLine, is: newPrefix + new)
      if isOldNull && isNewNull || isOldNull && kind == .delete || isNewNull && kind == .add
        || (isOldNull || isNewNull) && (kind == .rename || kind == .copy)
        || kind == .add && !isOldNull || kind == .delete && !isNewNull
        // git believes the header alone, and would look for a file called dev/null.
        || isOldNull && kind != .add || isNewNull && kind != .delete
      {
        throw DiffFault(
          .nullDevice, line: oldLine.number,
          "/dev/null stands for a side that does not exist, which the header must say, too: \"new "
            + "file mode\" or \"deleted file mode\"")
      }
      hasOld = !isOldNull
      hasNew = !isNewNull
    }
    return (hasOld ? DiffPath(old) : nil, hasNew ? DiffPath(new) : nil)
  }

  /// Whether the line names no file; throws when it names another one than the header.
  private func isNull(
    _ text: Span<UInt8>, _ found: GitHeader.NameLine, is wanted: [UInt8]
  ) throws(DiffFault) -> Bool {
    let name = try Self.untilTab(text, found)
    if name.elementsEqual("/dev/null".utf8) { return true }
    if name == wanted { return false }
    throw DiffFault(
      .names, line: found.number,
      "\(DiffPath(name).text.debugDescription) is not the file of the header \"diff --git\", "
        + DiffPath(wanted).text.debugDescription)
  }

  /// A name of `---` or `+++`: git puts a tab behind those with blanks.
  static func untilTab(
    _ text: Span<UInt8>, _ line: GitHeader.NameLine
  ) throws(DiffFault) -> [UInt8] {
    let bytes = text.copy(line.range)[...]
    if CQuoting.isQuoted(bytes) {
      guard let (name, rest) = CQuoting.unquoted(bytes), rest.isEmpty || rest.first == 0x09 else {
        throw quoting(line.number)
      }
      return name
    }
    let name = Array(bytes.prefix { $0 != 0x09 })
    if name.contains(UInt8(ascii: "\r")) { throw carriageReturn(line.number) }
    return name
  }

  private static func plain(
    _ text: Span<UInt8>, _ line: GitHeader.NameLine
  ) throws(DiffFault) -> [UInt8] {
    let bytes = text.copy(line.range)[...]
    guard CQuoting.isQuoted(bytes) else { return Array(bytes) }
    guard let (name, rest) = CQuoting.unquoted(bytes), rest.isEmpty else {
      throw quoting(line.number)
    }
    return name
  }

  static func quoting(_ line: Int) -> DiffFault {
    DiffFault(.quoting, line: line, "a name in quotes does not end, or has an escape git has not")
  }

  /// git ends a name there.
  static func carriageReturn(_ line: Int) -> DiffFault {
    DiffFault(.quoting, line: line, "a carriage return in a name must be written in quotes, as \\r")
  }

  /// The part before the name when that is one folder or nothing; nil when the text does not end
  /// with the name.
  private static func prefix(of text: [UInt8], before name: [UInt8]) -> [UInt8]? {
    guard text.count >= name.count, text.suffix(name.count).elementsEqual(name) else { return nil }
    let prefix = Array(text.dropLast(name.count))
    let slashes = prefix.count { $0 == UInt8(ascii: "/") }
    return prefix.isEmpty || slashes == 1 && prefix.last == UInt8(ascii: "/") ? prefix : nil
  }
}

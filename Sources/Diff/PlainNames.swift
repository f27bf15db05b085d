/// The names of a section without git's headers, as `diff -u` writes them.
enum PlainNames {
  /// - Parameter lines: stands at the first hunk, whose numbers tell new files from empty ones.
  static func change(
    _ lines: borrowing LineCursor, old: Range<Int>, new: Range<Int>, line: Int, start: Int
  ) throws(DiffFault) -> FileChange {
    let text = lines.text
    let header = try HunkHeader(lines)
    let oldName = try SectionNames.untilTab(text, .init(range: old, number: line))
    let newName = try SectionNames.untilTab(text, .init(range: new, number: line + 1))
    let nothing = LineRange(start: 0, count: 0)
    let isOldNull = isNull(oldName) || header.old == nothing && isTimeZero(text.copy(old))
    let isNewNull = isNull(newName) || header.new == nothing && isTimeZero(text.copy(new))
    if isOldNull && isNewNull {
      throw DiffFault(.nullDevice, line: line, "neither side of this section exists")
    }
    let isAlone = isNull(oldName) || isNull(newName)
    let alone = isNull(oldName) ? newName : oldName
    let found = try isAlone ? (name: alone, isPrefixed: false) : both(oldName, newName, line)
    let path = DiffPath(found.name)
    // Of a name alone the prefix may be a part: it is looked at when that is known.
    if !isAlone { try PathRules.check(path, line: line) }
    var change = FileChange(
      kind: isOldNull ? .add : isNewNull ? .delete : .modify, oldPath: isOldNull ? nil : path,
      newPath: isNewNull ? nil : path, line: line, range: start..<start)
    change.name = isAlone ? .alone(alone) : found.isPrefixed ? .prefixed : .whole
    return change
  }

  /// A file whose only hunk has no lines before the change is made when it is not there.
  ///
  /// The other way round git leaves an empty file.
  static func settle(_ file: inout FileChange) {
    guard file.kind == .modify, file.hunks.count == 1, file.hunks[0].old.count == 0 else { return }
    file.kind = .add
    file.oldPath = nil
    file.mayExist = true
  }

  /// Takes off names alone what was taken off the other ones: git takes it off all or none.
  static func settle(_ files: inout [FileChange]) -> [DiffFault] {
    let isPrefixed = files.contains { $0.name == .prefixed && $0.kind != .combined }
    let isWhole = files.contains { $0.name == .whole }
    let names = files.compactMap { file in
      if case .alone(let name) = file.name { name } else { nil }
    }
    let strips = isPrefixed || !isWhole && names.allSatisfy(hasOwnPrefix)
    var faults: [DiffFault] = []
    for index in files.indices {
      guard case .alone(var name) = files[index].name else { continue }
      if strips, let slash = name.firstIndex(of: UInt8(ascii: "/")) {
        name.removeFirst(slash + 1)
      }
      let path = DiffPath(name)
      do throws(DiffFault) { try PathRules.check(path, line: files[index].line) } catch {
        faults.append(error)
      }
      if files[index].oldPath != nil { files[index].oldPath = path }
      if files[index].newPath != nil { files[index].newPath = path }
    }
    let broken = Set(faults.map(\.line))
    files.removeAll { broken.contains($0.line) }
    return faults
  }

  /// git's own prefixes.
  private static func hasOwnPrefix(_ name: [UInt8]) -> Bool {
    name.starts(with: "a/".utf8) || name.starts(with: "b/".utf8)
  }

  private static func isNull(_ name: [UInt8]) -> Bool { name.elementsEqual("/dev/null".utf8) }

  /// `diff -N` gives files that do not exist the time zero, in whatever zone it runs.
  private static func isTimeZero(_ line: [UInt8]) -> Bool {
    let date = String(decoding: line.drop { $0 != 0x09 }.dropFirst(), as: UTF8.self)
    let parts = date.split(separator: " ")
    guard parts.count == 3, parts[2].count == 5, let zone = Int(parts[2]) else { return false }
    let clock = parts[1].split(separator: ":")
    guard clock.count == 3, let hours = Int(clock[0]), let minutes = Int(clock[1]),
      clock[2] == "00"
        || clock[2].hasPrefix("00.") && clock[2].dropFirst(3).allSatisfy({ $0 == "0" }),
      (0..<24).contains(hours), (0..<60).contains(minutes)
    else { return false }
    let ofDay = hours * 60 + minutes
    let offset = zone / 100 * 60 + zone % 100
    return switch parts[0] {
    case "1970-01-01": ofDay == offset
    case "1969-12-31": ofDay - 24 * 60 == offset
    default: false
    }
  }

  /// The name that both lines give, once prefixes or what backup copies are called are taken off.
  private static func both(
    _ old: [UInt8], _ new: [UInt8], _ line: Int
  ) throws(DiffFault) -> (name: [UInt8], isPrefixed: Bool) {
    if let found = SectionNames.common((old, new)) { return (found.name, !found.newPrefix.isEmpty) }
    if old == new + Array(".orig".utf8) || old == new + Array("~".utf8) { return (new, false) }
    throw DiffFault(
      .names, line: line,
      "\(DiffPath(old).text.debugDescription) and \(DiffPath(new).text.debugDescription) are two "
        + "files, and no line says that one was renamed")
  }
}

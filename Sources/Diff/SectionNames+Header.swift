extension SectionNames {
  typealias Pair = (old: [UInt8], new: [UInt8])

  /// All ways to take the rest of a line `diff --git` for two names; blanks may be part of either.
  ///
  /// The one into equal halves comes first: a file that is not renamed has the same name twice.
  static func pairs(_ rest: ArraySlice<UInt8>, _ line: Int) throws(DiffFault) -> [Pair] {
    if CQuoting.isQuoted(rest) {
      guard let (old, behind) = CQuoting.unquoted(rest), behind.first == 0x20 else {
        throw quoting(line)
      }
      return [(old, try whole(behind.dropFirst(), line))]
    }
    if rest.last == UInt8(ascii: "\"") {
      guard let blank = rest.indices.first(where: { rest[$0...].starts(with: [0x20, 0x22]) })
      else { throw quoting(line) }
      return [(Array(rest[..<blank]), try whole(rest[(blank + 1)...], line))]
    }
    if rest.contains(UInt8(ascii: "\r")) { throw carriageReturn(line) }
    let middle = rest.startIndex + rest.count / 2
    var blanks = rest.indices.filter { rest[$0] == 0x20 }
    // Few names have blanks, and none needs more of them to be told apart.
    if blanks.count > 64 { blanks = [] }
    if rest.indices.contains(middle), rest[middle] == 0x20 { blanks.insert(middle, at: 0) }
    return blanks.map { (Array(rest[..<$0]), Array(rest[($0 + 1)...])) }
  }

  private static func whole(_ text: ArraySlice<UInt8>, _ line: Int) throws(DiffFault) -> [UInt8] {
    guard CQuoting.isQuoted(text) else { return Array(text) }
    guard let (name, rest) = CQuoting.unquoted(text), rest.isEmpty else { throw quoting(line) }
    return name
  }

  /// The one name that both are, with their prefixes: none, or one folder each.
  static func common(
    _ pair: Pair
  ) -> (name: [UInt8], oldPrefix: [UInt8], newPrefix: [UInt8])? {
    if pair.old == pair.new { return (pair.old, [], []) }
    guard let oldSlash = pair.old.firstIndex(of: UInt8(ascii: "/")),
      let newSlash = pair.new.firstIndex(of: UInt8(ascii: "/")),
      pair.old[oldSlash...] == pair.new[newSlash...]
    else { return nil }
    return (
      Array(pair.old[(oldSlash + 1)...]), Array(pair.old[...oldSlash]),
      Array(pair.new[...newSlash])
    )
  }
}

extension DiffParser {
  /// The data below `GIT binary patch`: the way forth and, mostly, the way back.
  ///
  /// It is measured and never inflated: patches of binary files are not applied here.
  mutating func binaryPatch() throws(DiffFault) -> FileChange.Binary {
    guard lines.end - lines.start == "GIT binary patch".utf8.count else {
      throw fault(
        .binary, "nothing may stand behind \"GIT binary patch\", no carriage return either")
    }
    lines.advance()
    guard let new = try binaryData() else {
      throw fault(.binary, "expected \"literal\" or \"delta\" and a number of bytes")
    }
    return .encoded(new: new, old: try binaryData())
  }

  /// One way: `literal SIZE` or `delta SIZE`, lines of base 85, an empty line.
  private mutating func binaryData() throws(DiffFault) -> FileChange.BinaryData? {
    guard lines.hasPrefix("literal ") || lines.hasPrefix("delta ") else { return nil }
    let start = lines.start
    let digits = lines.rest(after: lines.hasPrefix("literal ") ? "literal " : "delta ")
    guard let size = Int(String(decoding: lines.text.copy(digits), as: UTF8.self)), size >= 0,
      size <= Int(Int32.max)
    else { throw fault(.binary, "the size of binary data must be a number of bytes") }
    lines.advance()
    while !lines.headerText.isEmpty {
      try mustBeBase85()
      lines.advance()
    }
    if lines.isAtEnd { throw fault(.binary, "binary data must end with an empty line") }
    lines.advance()
    return FileChange.BinaryData(size: size, range: start..<lines.start)
  }

  /// A letter for how many bytes the line holds, 1 to 52, then five digits for each four of them.
  private func mustBeBase85() throws(DiffFault) {
    let line = lines.headerText
    let letter = lines.text[line.lowerBound]
    let count: Int
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): count = Int(letter - UInt8(ascii: "A")) + 1
    case UInt8(ascii: "a")...UInt8(ascii: "z"): count = Int(letter - UInt8(ascii: "a")) + 27
    default: throw fault(.binary, "a line of binary data must begin with a letter for its length")
    }
    guard line.count == 1 + (count + 3) / 4 * 5 else {
      throw fault(
        .binary,
        "a line of \(count) bytes of binary data has \(line.count - 1) digits, expected "
          + "\((count + 3) / 4 * 5)")
    }
    for index in line.dropFirst() where !Self.isBase85(lines.text[index]) {
      throw fault(.binary, "a line of binary data has a byte that is no digit of base 85")
    }
  }

  /// Source: git's base85.c, the alphabet of RFC 1924.
  private static func isBase85(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "!#$%&()*+-;<=>?@^_`{|}~".utf8.contains(byte)
    }
  }
}

/// Splits what `git log --numstat -p` prints for a commit: counts, an empty line, the diff.
enum NumberedDiff {
  static func split(_ bytes: [UInt8]) -> (files: [GitFile], diff: ArraySlice<UInt8>) {
    var files: [GitFile] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0x0A) {
      let line = rest[..<end]
      if line.starts(with: Array("diff --".utf8)) { break }
      if let file = file(line) { files.append(file) }
      rest = rest[(end + 1)...]
    }
    if rest.firstIndex(of: 0x0A) == nil { return (files, []) }
    return (files, rest)
  }

  /// A line `12<tab>3<tab>path`; `-` for both counts of a binary file.
  private static func file(_ line: ArraySlice<UInt8>) -> GitFile? {
    let parts = line.split(separator: 0x09, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let insertions = count(parts[0])
    return GitFile(
      path: String(decoding: unquoted(parts[2]), as: UTF8.self), insertions: insertions ?? 0,
      deletions: count(parts[1]) ?? 0, isBinary: insertions == nil)
  }

  /// A number of lines, small enough that those of all files can be added up.
  private static func count(_ text: ArraySlice<UInt8>) -> Int? {
    UInt32(String(decoding: text, as: UTF8.self)).map { Int($0) }
  }

  /// A path as it is: git writes odd ones in C's quotes, with octal escapes.
  static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.count >= 2, text.first == 0x22, text.last == 0x22 else { return Array(text) }
    let inner = Array(text.dropFirst().dropLast())
    var out: [UInt8] = []
    var index = 0
    while index < inner.count {
      guard inner[index] == 0x5C, index + 1 < inner.count else {
        out.append(inner[index])
        index += 1
        continue
      }
      let digits = inner[(index + 1)...].prefix(3).prefix { (0x30...0x37).contains($0) }
      if digits.count == 3 {
        out.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }))
        index += 4
      } else {
        out.append(escaped(inner[index + 1]))
        index += 2
      }
    }
    return out
  }

  private static func escaped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x61: 0x07  // \a
    case 0x62: 0x08  // \b
    case 0x66: 0x0C  // \f
    case 0x6E: 0x0A  // \n
    case 0x72: 0x0D  // \r
    case 0x74: 0x09  // \t
    case 0x76: 0x0B  // \v
    default: byte
    }
  }
}

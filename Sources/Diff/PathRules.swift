/// Which paths no diff may have: those that leave the repository or reach into git's own folder.
///
/// The list is that of git's `verify_path`, with what macOS and Windows take for `.git`, too,
/// whatever system this is: a log and its patches go from one to the other.
package enum PathRules {
  package static let byteCountMax = 4095

  package static func check(_ path: DiffPath, line: Int) throws(DiffFault) {
    func refuse(_ code: DiffFault.Code, _ reason: String) -> DiffFault {
      DiffFault(code, line: line, "the path \(path.text.debugDescription) \(reason)")
    }
    let bytes = path.bytes
    if bytes.isEmpty { throw refuse(.pathEmpty, "is empty") }
    if bytes.count > byteCountMax {
      throw DiffFault(
        .pathLength, line: line, "a path has \(bytes.count) bytes, more than \(byteCountMax)")
    }
    if bytes.contains(0) { throw refuse(.pathZero, "has a zero byte") }
    if bytes[0] == UInt8(ascii: "/") || bytes[0] == UInt8(ascii: "\\") || isDrive(bytes) {
      throw refuse(.pathAbsolute, "is absolute: paths begin at the top of the repository")
    }
    for component in path.components {
      if component.isEmpty { throw refuse(.pathEmpty, "has an empty part") }
      if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
        throw refuse(.pathDots, "has a part \".\" or \"..\"")
      }
      for part in component.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false) {
        if part.elementsEqual("..".utf8) { throw refuse(.pathDots, "has a part \"..\"") }
        if isGit(part) { throw refuse(.pathGit, "reaches into git's own folder") }
      }
    }
  }

  private static func isDrive(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 3, bytes[1] == UInt8(ascii: ":"),
      bytes[2] == UInt8(ascii: "/") || bytes[2] == UInt8(ascii: "\\")
    else { return false }
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[0] | 0x20)
  }

  /// `.git` in any case, with dots, blanks or a stream behind it, by its short name, or with
  /// letters in it that HFS+ passes over.
  private static func isGit(_ part: ArraySlice<UInt8>) -> Bool {
    // Most parts are ASCII and begin with another letter.
    guard let first = part.first else { return false }
    if first != UInt8(ascii: "."), first | 0x20 != UInt8(ascii: "g"),
      part.allSatisfy({ $0 < 0x80 })
    {
      return false
    }
    let seen = String(decoding: part, as: UTF8.self).unicodeScalars.filter { !isIgnored($0) }
    let name = seen.prefix { $0 != ":" }.map { $0.properties.lowercaseMapping }.joined()
    let end = name.lastIndex { $0 != "." && $0 != " " }.map { name.index(after: $0) }
    let trimmed = name[..<(end ?? name.startIndex)]
    return trimmed == ".git" || trimmed == "git~1"
  }

  /// Source: Apple's Technical Note TN1150, characters ignored in comparisons of names.
  private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
    default: false
    }
  }
}

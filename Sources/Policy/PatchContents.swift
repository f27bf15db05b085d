internal import Diff

/// Looks into the lines that a change adds.
enum PatchContents {
  /// What a symbolic link points to: its only line.
  static func firstAddedLine(_ file: FileChange, _ text: Span<UInt8>) -> [UInt8]? {
    var found: [UInt8]?
    forEachAddedLine(file, text) { line, _ in
      found = found ?? line
    }
    return found
  }

  /// Whether a link's target is absolute or climbs above the top of the repository.
  static func leaves(_ target: [UInt8], from path: DiffPath?) -> Bool {
    guard target.first != UInt8(ascii: "/"), let path else { return true }
    var depth = path.components.count - 1
    for component in DiffPath(target).components {
      if component.elementsEqual("..".utf8) {
        depth -= 1
        if depth < 0 { return true }
      } else if !component.isEmpty, !component.elementsEqual(".".utf8) {
        depth += 1
      }
    }
    return false
  }

  /// The line of the diff, from 1, of the first added line with a byte above 127; a new name with
  /// one counts, too.
  static func firstNonASCIILine(_ file: FileChange, _ text: Span<UInt8>) -> Int? {
    if file.newPath?.bytes.contains(where: { $0 > 0x7F }) ?? false { return file.line }
    var found: Int?
    forEachAddedLine(file, text) { line, number in
      if found == nil, line.contains(where: { $0 > 0x7F }) { found = number }
    }
    return found
  }

  private static func forEachAddedLine(
    _ file: FileChange, _ text: Span<UInt8>, _ body: (_ line: [UInt8], _ number: Int) -> Void
  ) {
    for hunk in file.hunks {
      var number = hunk.line
      var line: [UInt8] = []
      for index in hunk.body {
        if text[index] != UInt8(ascii: "\n") {
          line.append(text[index])
          if index + 1 < hunk.body.upperBound { continue }
        }
        number += 1
        if line.first == UInt8(ascii: "+") { body(Array(line.dropFirst()), number) }
        line.removeAll(keepingCapacity: true)
      }
    }
  }
}

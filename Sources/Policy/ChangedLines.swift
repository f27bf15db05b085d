package import Diff

/// The lines that a diff takes away and adds, without what differs between two tellings of the same
/// change: white space, blank lines, the lines around, line numbers, headings and index lines.
///
/// Two diffs with the same changed lines do the same; one whose files have them the other way round
/// takes back what the other did.
package struct ChangedLines: Hashable, Sendable {
  private let files: [Paths: Lines]

  private struct Paths: Hashable {
    let old: DiffPath?
    let new: DiffPath?
    var reversed: Paths { Paths(old: new, new: old) }
  }

  private struct Lines: Hashable {
    var removed: [[UInt8]] = []
    var added: [[UInt8]] = []
    var reversed: Lines { Lines(removed: added, added: removed) }
    var isEmpty: Bool { removed.isEmpty && added.isEmpty }
  }

  /// - Parameter text: the bytes that `diff` was parsed from.
  package init(of diff: UnifiedDiff, in text: Span<UInt8>) {
    var files: [Paths: Lines] = [:]
    for file in diff.files {
      var lines = files[Paths(old: file.oldPath, new: file.newPath)] ?? Lines()
      for hunk in file.hunks { Self.take(hunk, text, &lines) }
      // Of what has no lines git names contents and modes.
      if file.binary != nil, let blobs = file.blobs {
        lines.removed.append(Array(blobs.old.utf8))
        lines.added.append(Array(blobs.new.utf8))
      }
      if file.oldMode != file.newMode, let old = file.oldMode, let new = file.newMode {
        lines.removed.append(Array(old.rawValue.utf8))
        lines.added.append(Array(new.rawValue.utf8))
      }
      files[Paths(old: file.oldPath, new: file.newPath)] = lines
    }
    self.files = files
  }

  /// Whether at least one file gets back exactly what the other change took from it, and loses what
  /// that added.
  package func takesBack(_ other: ChangedLines) -> Bool {
    files.contains { paths, lines in
      !lines.isEmpty && other.files[paths.reversed] == lines.reversed
    }
  }

  private static func take(_ hunk: Hunk, _ text: Span<UInt8>, _ lines: inout Lines) {
    var line: [UInt8] = []
    for index in hunk.body {
      let byte = text[index]
      if byte != UInt8(ascii: "\n") {
        if !isSpace(byte) || line.isEmpty { line.append(byte) }
        if index + 1 < hunk.body.upperBound { continue }
      }
      // The first byte says what becomes of the line.
      if line.count > 1 {
        switch line.first {
        case UInt8(ascii: "-"): lines.removed.append(Array(line.dropFirst()))
        case UInt8(ascii: "+"): lines.added.append(Array(line.dropFirst()))
        default: break
        }
      }
      line.removeAll(keepingCapacity: true)
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}

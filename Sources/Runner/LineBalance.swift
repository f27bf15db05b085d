package import Diff

/// How many more of each line a change brings to a file than it takes.
///
/// All diffs of one change have the same one, however they align it.
struct LineBalance {
  /// By file, then by line; nil for all files that are renamed, together.
  private var counts: [DiffPath?: [[UInt8]: Int]] = [:]

  /// - Parameters:
  ///   - text: what `diff` was parsed from.
  ///   - renamed: files that another diff of the change may tell of under two names.
  ///   - copies: files that are left out: their lines are in no diff that tells of a copy.
  init(
    of diff: UnifiedDiff, in text: [UInt8], renamed: Set<DiffPath>, without copies: Set<DiffPath>
  ) {
    for file in diff.files {
      guard let path = file.path, !copies.contains(path) else { continue }
      let key = renamed.contains(path) ? nil : path
      for hunk in file.hunks {
        hunk.forEachLine(text) { marker, line in
          switch marker {
          case UInt8(ascii: "+"): counts[key, default: [:]][line, default: 0] += 1
          case UInt8(ascii: "-"): counts[key, default: [:]][line, default: 0] -= 1
          default: break
          }
        }
      }
    }
    counts = counts.mapValues { $0.filter { $0.value != 0 } }.filter { !$0.value.isEmpty }
  }

  /// A file in which two differ; nil when they are the same.
  func difference(from other: LineBalance) -> String? {
    if counts == other.counts { return nil }
    let path = Set(counts.keys).union(other.counts.keys).compactMap(\.self)
      .filter { counts[$0] != other.counts[$0] }.min()
    return path?.text ?? "a renamed file"
  }
}

extension UnifiedDiff {
  /// Why another diff, which git has made of the result, brings other lines; nil when it does not.
  ///
  /// - Parameters:
  ///   - text: what this diff was parsed from.
  ///   - otherText: what `other` was parsed from.
  package func objection(
    in text: [UInt8], to other: UnifiedDiff, in otherText: [UInt8]
  ) -> String? {
    let renamed = Set(
      files.flatMap { $0.kind == .rename ? [$0.oldPath, $0.newPath].compactMap(\.self) : [] })
    let copies = Set(files.compactMap { $0.kind == .copy ? $0.newPath : nil })
    let own = LineBalance(of: self, in: text, renamed: renamed, without: copies)
    return own.difference(
      from: LineBalance(of: other, in: otherText, renamed: renamed, without: copies)
    ).map { "\($0) gets other lines" }
  }
}

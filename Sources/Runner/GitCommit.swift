/// One commit of a repository's history, as `git log` tells it.
package struct GitCommit: Hashable, Sendable {
  /// The full hash, in hexadecimal.
  package var hash: String
  package var parents: [String]
  /// Seconds since 1970 of the committer's date.
  package var seconds: Int64
  package var author: String
  package var subject: String
  package var body: String
  /// The unified diff, as git prints it; empty when it was too long (see `isDiffTooLong`).
  package var diff: [UInt8]
  package var isDiffTooLong: Bool

  package var isMerge: Bool { parents.count > 1 }
  package var isEmpty: Bool { diff.isEmpty && !isDiffTooLong }

  /// The hash of the commit that this one says it reverts.
  package var reverts: String? {
    guard subject.hasPrefix("Revert ") || subject.hasPrefix("Reapply ") else { return nil }
    let marker = "This reverts commit "
    guard let start = body.range(of: marker) else { return nil }
    let hash = body[start.upperBound...].prefix { $0.isHexDigit }
    return hash.count >= 40 ? String(hash) : nil
  }
}

extension String {
  /// Where a text first occurs.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) {
        return start..<index(start, offsetBy: text.count)
      }
      start = index(after: start)
    }
    return nil
  }
}

/// A unified diff, taken apart: what git or `diff -u` wrote, with whatever stands around it.
///
/// Parsing is pure and takes time in proportion to the text. Nothing is repaired: what can't be
/// read is a fault, and so is what only an attack would write. A diff with faults is good for
/// being shown, never for being applied.
package struct UnifiedDiff: Hashable, Sendable {
  package let files: [FileChange]
  /// Everything that is wrong, in the order of the text; at most `faultCountMax`.
  package let faults: [DiffFault]

  /// A text that is wrong in more places is told by the first of them.
  package static let faultCountMax = 100

  /// - Parameter text: the bytes of a diff, and of mails and chatter around it.
  package init(parsing text: Span<UInt8>) {
    self.init(text, admitsAnyPath: false)
  }

  /// The diff of a commit that exists: what git holds already is told by its names, also by those
  /// that no diff may bring in.
  package init(ofHistory text: Span<UInt8>) {
    self.init(text, admitsAnyPath: true)
  }

  private init(_ text: Span<UInt8>, admitsAnyPath: Bool) {
    var parser = DiffParser(text, admitsAnyPath: admitsAnyPath)
    parser.parse()
    var faults = parser.faults
    var files = parser.files
    faults += PlainNames.settle(&files)
    if faults.isEmpty, files.isEmpty { faults = [Self.nothingFound(text)] }
    if Self.hidesHeader(text) {
      faults.insert(
        DiffFault(
          .byteOrderMark, line: 1,
          "a byte order mark stands before the first header, which git can't read then"), at: 0)
    }
    self.files = files
    faults += SectionRules.faults(files)
    self.faults = Array(faults.prefix(Self.faultCountMax))
  }

  private static func hidesHeader(_ text: Span<UInt8>) -> Bool {
    guard LineCursor.hasPrefix(text, at: 0, end: text.count, "\u{FEFF}") else { return false }
    let headers: [StaticString] = ["diff --", "--- "]
    return headers.contains { LineCursor.hasPrefix(text, at: 3, end: text.count, $0) }
  }

  private static func nothingFound(_ text: Span<UInt8>) -> DiffFault {
    if text.isEmpty { return DiffFault(.notADiff, line: 1, "the text is empty") }
    let end = LineCursor.lineEnd(text, from: 0)
    if end == text.count, (0..<end).contains(where: { text[$0] == UInt8(ascii: "\r") }) {
      return DiffFault(
        .carriageReturns, line: 1, "its lines end with carriage returns alone, not with newlines")
    }
    return DiffFault(
      .notADiff, line: 1, "there is no header of a file, \"diff --git\" or \"---\" and \"+++\"")
  }

  package var insertions: Int { files.reduce(0) { $0 + $1.insertions } }
  package var deletions: Int { files.reduce(0) { $0 + $1.deletions } }
  package var hunkCount: Int { files.reduce(0) { $0 + $1.hunks.count } }

  /// The paths that it writes or removes, each once, in the order of the text.
  package var filesTouched: [DiffPath] { files.flatMap(\.touched).uniqued() }

  /// Whether the text holds all that is needed to take it back.
  package var isReversible: Bool { faults.isEmpty && files.allSatisfy(\.isReversible) }
}

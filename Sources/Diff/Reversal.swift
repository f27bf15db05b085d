/// Writes the diff that takes another one back.
package struct Reversal: ~Escapable {
  private let text: Span<UInt8>
  private var out: [UInt8] = []

  @_lifetime(copy text)
  private init(_ text: Span<UInt8>) {
    self.text = text
    out.reserveCapacity(text.count)
  }

  /// The reverse of a diff, its sections last first, so that what each needs is there again.
  ///
  /// Deletions lead: another file may get the name that they leave, wherever the new file stood.
  ///
  /// - Parameter text: the bytes that `diff` was parsed from.
  /// - Returns: nil when the text does not hold what is needed (`isReversible`).
  package static func bytes(of diff: UnifiedDiff, in text: Span<UInt8>) -> [UInt8]? {
    guard diff.isReversible, diff.files.allSatisfy({ $0.range.upperBound <= text.count }) else {
      return nil
    }
    var reversal = Reversal(text)
    for file in diff.files.reversed() where file.kind == .add { reversal.write(file) }
    for file in diff.files.reversed() where file.kind != .add { reversal.write(file) }
    return reversal.out
  }

  private mutating func write(_ file: FileChange) {
    // One side may be missing; git wants both names in the first line all the same.
    guard let old = file.newPath ?? file.oldPath, let new = file.oldPath ?? file.newPath else {
      return
    }
    if !isPlain(file) {
      line("diff --git ", name("a/", old), " ", name("b/", new))
    } else if !out.isEmpty {
      // Two bare names behind a header without hunks would be taken for a part of it.
      line("")
    }
    writeModes(file)
    if file.kind == .rename {
      line("similarity index \(file.similarity ?? 100)%")
      line("rename from ", name("", old))
      line("rename to ", name("", new))
    }
    if let blobs = file.blobs { writeIndex(file, blobs) }
    if case .encoded(let forth, let back?) = file.binary {
      line("GIT binary patch")
      out += text.copy(back.range)
      out += text.copy(forth.range)
      return
    }
    if file.hunks.isEmpty { return }
    line("--- ", file.newPath == nil ? nullDevice : nameBeforeTab("a/", old))
    line("+++ ", file.oldPath == nil ? nullDevice : nameBeforeTab("b/", new))
    for hunk in file.hunks { write(hunk) }
  }

  /// Whether git's own header can't be written: for a file that comes or goes it needs a mode.
  private func isPlain(_ file: FileChange) -> Bool {
    file.oldMode == nil && file.newMode == nil && (file.oldPath == nil || file.newPath == nil)
  }

  private mutating func writeModes(_ file: FileChange) {
    switch (file.newMode, file.oldMode) {
    case (let old?, nil): line("deleted file mode \(old.rawValue)")
    case (nil, let new?): line("new file mode \(new.rawValue)")
    case (let old?, let new?) where old != new:
      line("old mode \(old.rawValue)")
      line("new mode \(new.rawValue)")
    default: break
    }
  }

  private mutating func writeIndex(_ file: FileChange, _ blobs: FileChange.Blobs) {
    let mode = file.oldMode == file.newMode ? file.oldMode.map { " \($0.rawValue)" } : nil
    line("index \(blobs.new)..\(blobs.old)\(mode ?? "")")
  }

  private mutating func write(_ hunk: Hunk) {
    line("@@ -\(range(hunk.new)) +\(range(hunk.old)) @@", text.copy(hunk.heading))
    var lines = BodyLines(text, hunk.body)
    // What was added goes away first: a run of changes lists removed lines before added ones.
    var removed: [Range<Int>] = []
    var added: [Range<Int>] = []
    while let range = lines.next() {
      switch text[range.lowerBound] {
      case UInt8(ascii: "-"): added.append(range)
      case UInt8(ascii: "+"): removed.append(range)
      default:
        writeRun(&removed, &added)
        writeLine(range)
      }
    }
    writeRun(&removed, &added)
  }

  private mutating func writeRun(_ removed: inout [Range<Int>], _ added: inout [Range<Int>]) {
    for (sign, run) in [(UInt8(ascii: "-"), removed), (UInt8(ascii: "+"), added)] {
      for range in run {
        out.append(sign)
        writeLine((range.lowerBound + 1)..<range.upperBound)
      }
    }
    removed.removeAll(keepingCapacity: true)
    added.removeAll(keepingCapacity: true)
  }

  private func range(_ lines: LineRange) -> String {
    lines.count == 1 ? "\(lines.start)" : "\(lines.start),\(lines.count)"
  }

  private func name(_ prefix: String, _ path: DiffPath) -> [UInt8] {
    CQuoting.quoted(Array(prefix.utf8) + path.bytes)
  }

  private func nameBeforeTab(_ prefix: String, _ path: DiffPath) -> [UInt8] {
    name(prefix, path) + (path.bytes.contains(0x20) ? [0x09] : [])
  }

  /// A line of the text, whose last one may lack its newline.
  private mutating func writeLine(_ range: Range<Int>) {
    out += text.copy(range)
    if range.upperBound == text.count, out.last != UInt8(ascii: "\n") {
      out.append(UInt8(ascii: "\n"))
    }
  }

  private let nullDevice = Array("/dev/null".utf8)

  private mutating func line(
    _ word: String, _ first: [UInt8] = [], _ between: String = "", _ second: [UInt8] = []
  ) {
    out += word.utf8
    out += first
    out += between.utf8
    out += second
    out.append(UInt8(ascii: "\n"))
  }
}

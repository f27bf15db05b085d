/// Finds secrets in bytes that come piece by piece, in bounded memory.
///
/// What comes out does not depend on the pieces: each stretch is scanned with more around it than
/// any rule looks at.
package struct StreamScanner {
  /// Where a secret is: the line and the column, in bytes, count from 1.
  package struct Place: Hashable, Sendable {
    package var finding: Finding
    package var line: Int
    package var column: Int
  }

  /// Longer than any finding and than what rules look at beside it.
  static let contextByteCount = 64 << 10

  private let scanner: SecretScanner
  private let stretchByteCount: Int
  private var buffer: [UInt8] = []
  /// Where the buffer begins in the stream.
  private var start = 0
  /// Findings that begin before this have been handed out.
  private var decided = 0
  /// The line that holds `counted`, where it begins, and up to where line feeds are counted.
  private var line = 1
  private var lineStart = 0
  private var counted = 0

  /// - Parameter stretchByteCount: how many bytes are scanned at a time.
  package init(_ scanner: SecretScanner, stretchByteCount: Int = 4 << 20) {
    self.scanner = scanner
    self.stretchByteCount = max(1, stretchByteCount)
  }

  /// How many bytes are held.
  var bufferedByteCount: Int { buffer.count }

  /// Takes the next bytes; gives what was found that no later byte can change, in order.
  package mutating func take(_ bytes: ArraySlice<UInt8>) -> [Place] {
    buffer += bytes
    let end = start + buffer.count - Self.contextByteCount
    return end - decided >= stretchByteCount ? scan(upTo: end) : []
  }

  /// Gives the rest, after the last byte.
  package mutating func finish() -> [Place] { scan(upTo: start + buffer.count) }

  private mutating func scan(upTo end: Int) -> [Place] {
    var places: [Place] = []
    for finding in scanner.findings(in: buffer) {
      let position = finding.range.lowerBound + start
      guard position >= decided, position < end else { continue }
      countLines(upTo: position)
      let range = position..<finding.range.upperBound + start
      places.append(
        Place(
          finding: Finding(rule: finding.rule, range: range), line: line,
          column: position - lineStart + 1))
    }
    countLines(upTo: end)
    decided = end
    let kept = max(start, end - Self.contextByteCount)
    buffer.removeFirst(kept - start)
    start = kept
    return places
  }

  private mutating func countLines(upTo end: Int) {
    let lineFeed = UInt8(ascii: "\n")
    let stretch = buffer[counted - start..<end - start]
    counted = end
    // Counting alone is much faster than looking for the last one.
    let count = stretch.reduce(0) { $0 &+ ($1 == lineFeed ? 1 : 0) }
    guard count > 0, let last = stretch.lastIndex(of: lineFeed) else { return }
    line += count
    lineStart = start + last + 1
  }
}

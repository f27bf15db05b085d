/// The beginning and the end of what a program prints: however much it is, no more is kept.
package struct OutputExcerpt: Sendable {
  /// How many bytes are kept of either.
  package static let byteCountMax = 2 << 10

  private(set) var first: [UInt8] = []
  private(set) var last: [UInt8] = []
  private var hasGap = false

  package init() {}

  /// Takes in what was printed next.
  package mutating func add(_ bytes: [UInt8]) {
    let start = bytes.prefix(Self.byteCountMax - first.count)
    first += start
    // Slices by name: a sequence's suffix would visit each byte.
    let rest: ArraySlice<UInt8> = bytes[start.endIndex...]
    let end: ArraySlice<UInt8> = rest.suffix(Self.byteCountMax)
    let excess = last.count + end.count - Self.byteCountMax
    hasGap = hasGap || excess > 0 || rest.count > end.count
    if excess > 0 { last.removeFirst(excess) }
    last += end
  }

  /// The beginning as text that is safe to show.
  package var head: String { ExcerptText.text(whole.head) }

  /// The end as text that is safe to show; empty when all of it is in `head`.
  package var tail: String { ExcerptText.text(whole.tail) }

  /// Both, cut between two lines, else between two words, else between two characters: half of a
  /// secret would not be known for what it is.
  private var whole: (head: ArraySlice<UInt8>, tail: ArraySlice<UInt8>) {
    guard !last.isEmpty else { return (first[...], []) }
    let head = first[..<Self.lastCut(first)]
    guard hasGap else { return (head, (first[head.endIndex...] + last)[...]) }
    return (head, last[Self.firstCut(last)...])
  }

  /// How far from the end a cut may be.
  private static let searchedByteCount = byteCountMax / 2

  private static func lastCut(_ bytes: [UInt8]) -> Int {
    let searched = bytes.suffix(searchedByteCount)
    if let found = searched.lastIndex(of: lineFeed) ?? searched.lastIndex(where: isBlank) {
      return found + 1
    }
    // The last character may go on behind the cut.
    return bytes.lastIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
  }

  private static func firstCut(_ bytes: [UInt8]) -> Int {
    let searched = bytes.prefix(searchedByteCount)
    if let found = searched.firstIndex(of: lineFeed) ?? searched.firstIndex(where: isBlank) {
      return found + 1
    }
    return bytes.firstIndex { $0 & 0xC0 != 0x80 } ?? 0
  }

  private static let lineFeed = UInt8(ascii: "\n")

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}

/// Walks over the lines of a text and counts them.
struct LineCursor: ~Escapable {
  let text: Span<UInt8>
  /// Where the current line begins.
  private(set) var start = 0
  /// Where it ends, before its newline; that of a last line without one is the end of the text.
  private(set) var end = 0
  /// The current line, from 1.
  private(set) var number = 1

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) {
    self.text = text
    end = Self.lineEnd(text, from: 0)
  }

  var isAtEnd: Bool { start >= text.count }

  /// Whether this is a last line that does not end.
  var lacksNewline: Bool { start < text.count && end >= text.count }

  /// Where the next line begins.
  var next: Int { min(end + 1, text.count) }

  /// The bytes of the current line; a header's carriage return at its end is none of its text.
  var headerText: Range<Int> {
    end > start && text[end - 1] == UInt8(ascii: "\r") ? start..<(end - 1) : start..<end
  }

  var first: UInt8? { start < end ? text[start] : nil }

  mutating func advance() {
    start = next
    number &+= 1
    end = Self.lineEnd(text, from: start)
  }

  func hasPrefix(_ prefix: StaticString) -> Bool {
    Self.hasPrefix(text, at: start, end: end, prefix)
  }

  /// Whether the line `count` lines further down begins so.
  func following(_ count: Int, hasPrefix prefix: StaticString) -> Bool {
    var from = start
    var to = end
    for _ in 0..<count {
      if to >= text.count { return false }
      from = to + 1
      to = Self.lineEnd(text, from: from)
    }
    return Self.hasPrefix(text, at: from, end: to, prefix)
  }

  /// What stands in the line behind the prefix, which it has.
  func rest(after prefix: StaticString) -> Range<Int> {
    let line = headerText
    return min(line.lowerBound + prefix.utf8CodeUnitCount, line.upperBound)..<line.upperBound
  }

  /// Whether the bytes from `start`, before `end`, begin so.
  static func hasPrefix(
    _ text: Span<UInt8>, at start: Int, end: Int, _ prefix: StaticString
  ) -> Bool {
    let count = prefix.utf8CodeUnitCount
    guard end - start >= count else { return false }
    return prefix.withUTF8Buffer { wanted in
      for index in 0..<count where unsafe text[start + index] != wanted[index] { return false }
      return true
    }
  }

  /// The place of the next newline, eight bytes at a time; the end of the text when there is none.
  static func lineEnd(_ text: Span<UInt8>, from start: Int) -> Int {
    let newlines: UInt64 = 0x0A0A_0A0A_0A0A_0A0A
    var at = start
    while at &+ 8 <= text.count {
      let word = UInt64(
        littleEndian: unsafe text.bytes.unsafeLoadUnaligned(
          fromUncheckedByteOffset: at, as: UInt64.self))
      let other = word ^ newlines
      // A zero byte borrows into its highest bit; the lowest of them is the first newline.
      let found = (other &- 0x0101_0101_0101_0101) & ~other & 0x8080_8080_8080_8080
      if found != 0 { return at &+ found.trailingZeroBitCount / 8 }
      at &+= 8
    }
    while at < text.count, text[at] != UInt8(ascii: "\n") { at &+= 1 }
    return min(at, text.count)
  }
}

extension Span<UInt8> {
  /// A copy of a range of the bytes.
  func copy(_ range: Range<Int>) -> [UInt8] {
    let part = extracting(range)
    return unsafe part.withUnsafeBufferPointer { unsafe Array($0) }
  }
}

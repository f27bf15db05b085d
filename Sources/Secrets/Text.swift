/// What matchers ask of the bytes around a hit.
extension Span<UInt8> {
  /// The byte there, or nil outside.
  @inline(__always)
  func byte(_ index: Int) -> UInt8? {
    index >= 0 && index < count ? self[index] : nil
  }

  /// Whether the byte there is this one.
  @inline(__always)
  func has(_ byte: UInt8, at index: Int) -> Bool { self.byte(index) == byte }

  /// Where the run of bytes of `set` that begins at `start` ends; at most `countMax` bytes on.
  func end(ofRun set: ByteSet, from start: Int, atMost countMax: Int) -> Int {
    var index = start
    let last = Swift.min(count, start + countMax)
    while index < last, set.contains(self[index]) { index += 1 }
    return index
  }

  /// Where the run of bytes of `set` that ends before `end` begins; at most `countMax` bytes back.
  func start(ofRun set: ByteSet, before end: Int, atMost countMax: Int) -> Int {
    var index = end
    let first = Swift.max(0, end - countMax)
    while index > first, set.contains(self[index - 1]) { index -= 1 }
    return index
  }

  /// Whether these bytes stand at `start`.
  func has(_ bytes: [UInt8], at start: Int, foldingCase: Bool = false) -> Bool {
    guard start >= 0, bytes.count <= count - start else { return false }
    for index in bytes.indices {
      let found = self[start + index]
      if found == bytes[index] { continue }
      guard foldingCase, found.isUpperCase, found.folded == bytes[index] else { return false }
    }
    return true
  }

  /// Whether these bytes stand at `start`.
  func has(_ text: StaticString, at start: Int, foldingCase: Bool = false) -> Bool {
    has(text.bytes, at: start, foldingCase: foldingCase)
  }

  /// Whether `text` stands in `range`.
  func has(_ text: StaticString, in range: Range<Int>, foldingCase: Bool = false) -> Bool {
    let wanted = text.bytes
    let last = range.upperBound - wanted.count
    guard last >= range.lowerBound else { return false }
    return (range.lowerBound...last).contains {
      has(wanted, at: $0, foldingCase: foldingCase)
    }
  }

  /// The bytes of a range, copied.
  func copy(_ range: Range<Int>) -> [UInt8] {
    range.clamped(to: 0..<count).map { self[$0] }
  }

  /// Whether a word may begin at `index`: no letter, digit or underscore stands before it.
  ///
  /// The last letter of an escape does not count: `\n`, `%3D`, and the colour codes of terminals
  /// stand right before tokens in logs. The end of a marker counts as a part of the word, so that
  /// what a marker was put beside does not become a word by it.
  func wordMayBegin(at index: Int) -> Bool {
    guard let before = byte(index - 1) else { return true }
    if before == UInt8(ascii: "]") { return !Marker.ends(at: index, in: self) }
    guard ByteSet.word.contains(before) else { return true }
    if let escape = byte(index - 2), escape == UInt8(ascii: "\\") {
      return [UInt8](#"nrtbf0"#.utf8).contains(before)
    }
    if ByteSet.hex.contains(before), let digit = byte(index - 2), ByteSet.hex.contains(digit),
      has(UInt8(ascii: "%"), at: index - 3)
    {
      return true
    }
    guard before == UInt8(ascii: "m") else { return false }
    let parameters = start(
      ofRun: ByteSet(ranges: "09", singles: ";"), before: index - 1, atMost: 16)
    return has(UInt8(ascii: "["), at: parameters - 1) && has(0x1B, at: parameters - 2)
  }

  /// Whether a word may end before `index`: neither a word's byte nor a marker stands there.
  func wordMayEnd(at index: Int) -> Bool {
    guard let after = byte(index) else { return true }
    if after == UInt8(ascii: "[") { return !Marker.begins(at: index, in: self) }
    return !ByteSet.word.contains(after)
  }
}

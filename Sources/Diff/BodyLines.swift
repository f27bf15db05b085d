/// The lines of a hunk, each with the marker of a missing newline that follows it.
struct BodyLines: ~Escapable {
  private let text: Span<UInt8>
  private var at: Int
  private let end: Int

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, _ body: Range<Int>) {
    self.text = text
    at = body.lowerBound
    end = body.upperBound
  }

  /// The bytes of the next line, up to the beginning of the one after it.
  mutating func next() -> Range<Int>? {
    guard at < end else { return nil }
    let start = at
    repeat {
      at = min(LineCursor.lineEnd(text, from: at) + 1, end)
    } while at < end && text[at] == UInt8(ascii: "\\")
    return start..<at
  }
}

/// The shape of a token that announces itself by a prefix.
struct TokenRule: Sendable {
  /// A piece of a token.
  enum Part: Sendable {
    /// As many bytes of the set as there are; how many there may be.
    case run(ByteSet, ClosedRange<Int>)
    case text(StaticString)
  }

  let name: String
  let prefix: StaticString
  let parts: [Part]

  init(_ name: String, _ prefix: StaticString, _ parts: Part...) {
    self.name = name
    self.prefix = prefix
    self.parts = parts
  }

  /// A real token has more different bytes; `ghp_xxxxxxxx…` in a manual has not.
  private static let varietyMin = 5

  /// The token that begins at `start`, where the prefix stands; nil when its shape is another one.
  func match(at start: Int, in text: Span<UInt8>) -> Range<Int>? {
    guard text.wordMayBegin(at: start) else { return nil }
    let bodyStart = start + prefix.utf8CodeUnitCount
    var end = bodyStart
    for part in parts {
      switch part {
      case .run(let set, let counts):
        // One byte more than there may be is looked at, to see that a run is too long.
        let runEnd = text.end(ofRun: set, from: end, atMost: counts.upperBound + 1)
        guard counts.contains(runEnd - end) else { return nil }
        end = runEnd
      case .text(let wanted):
        guard text.has(wanted, at: end) else { return nil }
        end += wanted.utf8CodeUnitCount
      }
    }
    guard text.wordMayEnd(at: end), text.hasVariety(bodyStart..<end, atLeast: Self.varietyMin)
    else { return nil }
    return start..<end
  }
}

/// A text at which a matcher looks closer.
struct Keyword: Sendable {
  let bytes: [UInt8]
  /// Whether upper-case letters count as the lower-case ones of the keyword.
  let foldsCase: Bool
  /// Where in the keyword the three bytes begin that the prefilter looks for.
  let anchor: Int
  let matcher: Matcher

  /// - Parameter anchor: chosen by how rare the bytes are in usual text, unless given.
  init(_ bytes: [UInt8], foldsCase: Bool = false, anchor: Int? = nil, _ matcher: Matcher) {
    self.bytes = bytes
    self.foldsCase = foldsCase
    self.anchor = anchor ?? Self.rarest(in: bytes)
    self.matcher = matcher
  }

  init(_ text: StaticString, foldsCase: Bool = false, anchor: Int? = nil, _ matcher: Matcher) {
    self.init(text.bytes, foldsCase: foldsCase, anchor: anchor, matcher)
  }

  /// The three bytes for the prefilter.
  var three: UInt32 {
    Prefilter.three(bytes[anchor], bytes[anchor + 1], bytes[anchor + 2])
  }

  private static let common = ByteSet(ranges: "", singles: "etaoinsrlcd ")
  private static let usual = ByteSet(ranges: "", singles: "umpfghbyvw_-./")

  private static func weight(_ byte: UInt8) -> Int {
    let lower = byte.isUpperCase ? byte.folded : byte
    return common.contains(lower) ? 3 : usual.contains(lower) ? 2 : 1
  }

  /// Where the least usual three bytes begin: the later ones of equals, as prefixes are alike.
  private static func rarest(in bytes: [UInt8]) -> Int {
    var best = 0
    var bestWeight = Int.max
    for index in 0..<max(1, bytes.count - 2) {
      let sum = bytes[index...].prefix(3).reduce(0) { $0 + weight($1) }
      if sum <= bestWeight {
        best = index
        bestWeight = sum
      }
    }
    return best
  }
}

/// What looks closer at a keyword that was found.
enum Matcher: Hashable, Sendable {
  case token(Int)
  case literal(Int)
  case assignment
  case webToken
  case privateKey
  case url
  case authorization
  case nkey
  case openAI
  case dockerAuth
  case accountKey
  case clientKey
  case telegram
  case marker
}

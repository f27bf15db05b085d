/// A set of bytes, asked in a few instructions.
struct ByteSet: Hashable, Sendable {
  private var words: InlineArray<4, UInt64> = InlineArray(repeating: 0)

  /// The bytes of `ranges`: pairs of first and last, such as `azAZ09`, and of `singles`.
  init(ranges: StaticString, singles: StaticString = "") {
    let ends = ranges.bytes
    var index = 0
    while index + 1 < ends.count {
      for byte in ends[index]...max(ends[index], ends[index + 1]) { insert(byte) }
      index += 2
    }
    for byte in singles.bytes { insert(byte) }
  }

  private mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

  @inline(__always)
  func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0 }

  /// The bytes of the set, ascending.
  var members: [UInt8] { (UInt8.min...UInt8.max).filter(contains) }

  static func == (one: ByteSet, other: ByteSet) -> Bool {
    one.words.indices.allSatisfy { one.words[$0] == other.words[$0] }
  }

  func hash(into hasher: inout Hasher) {
    for index in words.indices { hasher.combine(words[index]) }
  }
}

extension ByteSet {
  static let digits = ByteSet(ranges: "09")
  static let lowerHex = ByteSet(ranges: "09af")
  static let hex = ByteSet(ranges: "09afAF")
  static let upperAlphanumeric = ByteSet(ranges: "09AZ")
  static let lowerAlphanumeric = ByteSet(ranges: "09az")
  static let alphanumeric = ByteSet(ranges: "09azAZ")
  static let letters = ByteSet(ranges: "azAZ")
  static let word = ByteSet(ranges: "09azAZ", singles: "_")
  static let base32 = ByteSet(ranges: "27AZ")
  static let base64 = ByteSet(ranges: "09azAZ", singles: "+/")
  static let base64url = ByteSet(ranges: "09azAZ", singles: "-_")
  /// What an identifier of configuration files is made of.
  static let name = ByteSet(ranges: "09azAZ", singles: "-_")
  static let bech32 = ByteSet(ranges: "", singles: "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")
}

extension StaticString {
  /// The text as UTF-8.
  var bytes: [UInt8] { withUTF8Buffer { unsafe Array($0) } }
}

extension UInt8 {
  /// The letter in lower case; other bytes may change too, in the same way each time.
  @inline(__always)
  var folded: UInt8 { self | 0x20 }

  var isLowerCase: Bool { self &- UInt8(ascii: "a") < 26 }
  var isUpperCase: Bool { self &- UInt8(ascii: "A") < 26 }
  var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
  var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

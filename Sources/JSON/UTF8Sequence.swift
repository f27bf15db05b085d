/// The well-formed byte sequences of UTF-8 (Unicode, table 3-7).
enum UTF8Sequence {
  /// The length of the sequence at `index`, 0 if it is malformed.
  static func length(at index: Int, in input: Span<UInt8>) -> Int {
    let lead = input[index]
    let left = input.count &- index
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard left >= length, second ~= input[index &+ 1] else { return 0 }
    if length > 2, input[index &+ 2] & 0xC0 != 0x80 { return 0 }
    if length > 3, input[index &+ 3] & 0xC0 != 0x80 { return 0 }
    return length
  }
}

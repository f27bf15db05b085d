internal import Glibc

/// The escapes of JSON strings.
enum Escape {
  /// The byte that the escape with this letter stands for; nil for `u` and for no escape.
  static func byte(for letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// The value of the four hexadecimal digits at `index`, or -1.
  static func hex(at index: Int, in input: Span<UInt8>) -> Int {
    guard index &+ 4 <= input.count else { return -1 }
    var value = 0
    for offset in 0..<4 {
      let byte = input[index &+ offset]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- UInt8(ascii: "a") &+ 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- UInt8(ascii: "A") &+ 10
      default: return -1
      }
      value = value &* 16 &+ Int(digit)
    }
    return value
  }

  /// Where the next backslash is, or the end of the range: long texts are copied in runs.
  private static func nextEscape(in input: Span<UInt8>, _ range: Range<Int>) -> Int {
    unsafe input.extracting(range).withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, bytes.count > 0,
        let found = unsafe memchr(base, 0x5C, bytes.count)
      else { return range.upperBound }
      return unsafe range.lowerBound + (UnsafeRawPointer(found) - base)
    }
  }

  /// Appends what the inside of a valid string stands for.
  static func decode(_ content: Range<Int>, of input: Span<UInt8>, into out: inout [UInt8]) {
    var index = content.lowerBound
    while index < content.upperBound {
      let byte = input[index]
      guard byte == UInt8(ascii: "\\"), index &+ 1 < content.upperBound else {
        let end = nextEscape(in: input, index &+ 1..<content.upperBound)
        unsafe input.extracting(index..<end).withUnsafeBufferPointer {
          unsafe out.append(contentsOf: $0)
        }
        index = end
        continue
      }
      if let plain = Self.byte(for: input[index &+ 1]) {
        out.append(plain)
        index &+= 2
        continue
      }
      var code = UInt32(max(0, hex(at: index &+ 2, in: input)))
      index &+= 6
      if 0xD800...0xDBFF ~= code {
        let low = UInt32(max(0, hex(at: index &+ 2, in: input)))
        code = 0x10000 &+ ((code &- 0xD800) << 10) &+ (low & 0x3FF)
        index &+= 6
      }
      let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
      out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }
}

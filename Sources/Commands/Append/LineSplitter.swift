internal import Glibc

/// Cuts blocks of bytes into lines; a line that is too long is reported and skipped, so that
/// memory stays bounded whatever comes in.
struct LineSplitter {
  /// What was found in the input.
  enum Piece {
    case line([UInt8])
    case tooLong
  }

  let byteCountMax: Int
  private var rest: [UInt8] = []
  private var isSkipping = false

  init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

  /// Takes a block and calls `body` for each line that it completes.
  mutating func take(_ block: ArraySlice<UInt8>, _ body: (Piece) -> Void) {
    var block = block
    while let end = Self.lineFeed(in: block) {
      finish(block[..<end], body)
      block = block[(end + 1)...]
    }
    guard !isSkipping else { return }
    if rest.count + block.count > byteCountMax {
      isSkipping = true
      rest = []
    } else {
      rest += block
    }
  }

  /// The last line, if the input does not end with a line feed.
  mutating func end() -> Piece? {
    defer {
      rest = []
      isSkipping = false
    }
    if isSkipping { return .tooLong }
    return rest.isEmpty ? nil : .line(rest)
  }

  private mutating func finish(_ tail: ArraySlice<UInt8>, _ body: (Piece) -> Void) {
    if isSkipping || rest.count + tail.count > byteCountMax {
      body(.tooLong)
    } else if rest.isEmpty {
      body(.line(Array(tail)))
    } else {
      body(.line(rest + tail))
    }
    rest = []
    isSkipping = false
  }

  private static func lineFeed(in block: ArraySlice<UInt8>) -> Int? {
    unsafe block.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, bytes.count > 0,
        let found = unsafe memchr(base, 0x0A, bytes.count)
      else { return nil }
      return unsafe block.startIndex + (UnsafeRawPointer(found) - base)
    }
  }
}

/// The scalars, grouped into classes that a program can't tell apart.
struct Alphabet: Sendable {
  /// The first scalar of each class, ascending.
  private(set) var starts: [UInt32]
  private var ascii: [UInt16]

  init(_ program: Program) {
    var cuts: [UInt32] = [0]
    let words = program.usesBoundaries ? [ScalarSet.word] : []
    for set in program.sets + words {
      for range in set.ranges {
        cuts.append(range.lowerBound)
        if range.upperBound < ScalarSet.last { cuts.append(range.upperBound + 1) }
      }
    }
    cuts.sort()
    starts = []
    for cut in cuts where starts.last != cut { starts.append(cut) }
    ascii = []
    ascii.reserveCapacity(128)
    var index = 0
    for scalar in UInt32(0)..<128 {
      if index + 1 < starts.count, starts[index + 1] <= scalar { index += 1 }
      ascii.append(UInt16(index))
    }
  }

  /// The number of classes, without the one that stands for the end of the text.
  var count: Int { starts.count }

  /// The class of the scalar at `index`, which moves past it.
  @inline(__always)
  func next(in text: Span<UInt8>, at index: inout Int) -> Int {
    let byte = text[index]
    if byte < 0x80 {
      index &+= 1
      return Int(ascii[Int(byte)])
    }
    return wide(in: text, at: &index)
  }

  private func wide(in text: Span<UInt8>, at index: inout Int) -> Int {
    let lead = text[index]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
    var scalar: UInt32 = 0xFFFD
    if length > 1, index &+ length <= text.count {
      scalar = UInt32(lead) & (0x7F >> UInt32(length))
      for offset in 1..<length {
        scalar = scalar << 6 | UInt32(text[index &+ offset] & 0x3F)
      }
    }
    index = min(index &+ length, text.count)
    var low = 0
    var high = starts.count
    while high &- low > 1 {
      let middle = (low &+ high) >> 1
      if starts[middle] <= scalar { low = middle } else { high = middle }
    }
    return low
  }
}

extension Scanner {
  /// Up to here, comparing each key with those before it is cheaper than sorting.
  private static var pairwise: Int { 32 }

  /// Whether no two keys of the object at `index` mean the same string.
  mutating func keysAreUnique(of index: Int, count: Int) -> Bool {
    guard count <= Self.pairwise else { return keysAreUniqueSorted(of: index) }
    var seen: UInt64 = 0
    var child = index &+ 1
    while child < used {
      let key = tape[child]
      if key.marked { return keysAreUniqueSorted(of: index) }
      let bit = fingerprint(key)
      if seen & bit != 0, hasKey(equalTo: key, of: index, before: child) {
        return fail(.duplicateKey, Int(key.start))
      }
      seen |= bit
      child = Int(tape[child &+ 1].next)
    }
    return true
  }

  /// One of 64 bits: keys with different bits differ.
  @inline(__always)
  private func fingerprint(_ key: Token) -> UInt64 {
    let first = UInt32(input[Int(key.start) &+ 1])
    let last = UInt32(input[Int(key.end) &- 2])
    let middle = UInt32(input[Int((key.start &+ key.end) >> 1)])
    let length = key.end &- key.start
    let mixed = (first &+ last &* 7 &+ middle &* 31 &+ length &* 3) &* 0x9E37_79B1
    return 1 << UInt64(mixed >> 26)
  }

  private func hasKey(equalTo key: Token, of index: Int, before limit: Int) -> Bool {
    var child = index &+ 1
    let length = key.end &- key.start
    while child < limit {
      let other = tape[child]
      if other.end &- other.start == length, sameBytes(other, key, Int(length)) { return true }
      child = Int(tape[child &+ 1].next)
    }
    return false
  }

  private func sameBytes(_ one: Token, _ other: Token, _ length: Int) -> Bool {
    for offset in 0..<length
    where input[Int(one.start) &+ offset] != input[Int(other.start) &+ offset] {
      return false
    }
    return true
  }

  private mutating func keysAreUniqueSorted(of index: Int) -> Bool {
    var text: [UInt8] = []
    var keys: [(bytes: Range<Int>, start: Int)] = []
    var child = index &+ 1
    while child < used {
      let key = tape[child]
      let before = text.count
      Escape.decode(Int(key.start) &+ 1..<Int(key.end) &- 1, of: input, into: &text)
      keys.append((before..<text.count, Int(key.start)))
      child = Int(tape[child &+ 1].next)
    }
    keys.sort { Self.isBefore($0, $1, in: text) }
    for pair in zip(keys, keys.dropFirst())
    where text[pair.0.bytes].elementsEqual(text[pair.1.bytes]) {
      return fail(.duplicateKey, max(pair.0.start, pair.1.start))
    }
    return true
  }

  private static func isBefore(
    _ one: (bytes: Range<Int>, start: Int), _ other: (bytes: Range<Int>, start: Int),
    in text: [UInt8]
  ) -> Bool {
    if one.bytes.count != other.bytes.count { return one.bytes.count < other.bytes.count }
    for offset in 0..<one.bytes.count {
      let left = text[one.bytes.lowerBound &+ offset]
      let right = text[other.bytes.lowerBound &+ offset]
      if left != right { return left < right }
    }
    return false
  }
}

extension Scanner {
  /// Up to here, comparing each key with those before it is cheaper than sorting.
  private static var pairwise: Int { 64 }

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
    var keys: [(start: Int, end: Int, place: Int)] = []
    var child = index &+ 1
    while child < used {
      let key = tape[child]
      let before = text.count
      Escape.decode(Int(key.start) &+ 1..<Int(key.end) &- 1, of: input, into: &text)
      keys.append((before, text.count, place: Int(key.start)))
      child = Int(tape[child &+ 1].next)
    }
    keys.sort { Self.isBefore($0, $1, in: text) }
    for pair in zip(keys, keys.dropFirst())
    where text[pair.0.start..<pair.0.end].elementsEqual(text[pair.1.start..<pair.1.end]) {
      return fail(.duplicateKey, max(pair.0.place, pair.1.place))
    }
    return true
  }

  private static func isBefore(
    _ one: (start: Int, end: Int, place: Int), _ other: (start: Int, end: Int, place: Int),
    in text: [UInt8]
  ) -> Bool {
    let count = one.end &- one.start
    guard count == other.end &- other.start else { return count < other.end &- other.start }
    for offset in 0..<count {
      let left = text[one.start &+ offset]
      let right = text[other.start &+ offset]
      if left != right { return left < right }
    }
    return false
  }
}

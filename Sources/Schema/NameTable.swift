internal import JSON

/// Finds a key among an object rule's entries: an open hash table in the program's slots.
struct NameTable: Sendable {
  private var start = 0
  private var mask = -1
  private var factor: UInt32 = 0x9E37_79B1

  init() {}

  /// Builds the table with the factor, of a few, that collides least.
  init(_ entries: ArraySlice<Entry>, text: [UInt8], slots: inout [Int]) {
    guard !entries.isEmpty else { return }
    start = slots.count
    var size = 4
    while size < entries.count * 2 { size *= 2 }
    mask = size - 1
    var best: (steps: Int, factor: UInt32, table: [Int])?
    for candidate: UInt32 in [0x9E37_79B1, 0x85EB_CA6B, 0xC2B2_AE35, 0x27D4_EB2F, 0x1656_67B1] {
      factor = candidate
      var table = [Int](repeating: -1, count: size)
      var steps = 0
      for (index, entry) in entries.enumerated() {
        let name = entry.name
        var slot = slot(of: text.span, name.start, name.end)
        while table[slot] >= 0 {
          slot = (slot + 1) & mask
          steps += 1
        }
        table[slot] = index
      }
      if best.map({ steps < $0.steps }) ?? true { best = (steps, candidate, table) }
      if steps == 0 { break }
    }
    guard let best else { return }
    factor = best.factor
    slots += best.table
  }

  @inline(__always)
  private func slot(of bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var mixed = UInt32(truncatingIfNeeded: end &- start)
    if end > start {
      let first = UInt32(bytes[start])
      let middle = UInt32(bytes[(start &+ end) >> 1])
      let last = UInt32(bytes[end &- 1])
      let near = UInt32(bytes[max(start, end &- 3)])
      mixed = mixed &+ first << 8 &+ middle << 14 &+ last << 20 &+ near << 3
    }
    return Int((mixed &* factor) >> 16) & mask
  }

  /// The entry of the key at `range`, counted from the rule's first; -1 if there is none.
  @inline(__always)
  func find(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ rule: ObjectRule, _ slots: Span<Int>,
    _ entries: Span<Entry>,
    _ text: Span<UInt8>
  ) -> Int {
    guard mask >= 0 else { return -1 }
    var slot = slot(of: bytes, range.lowerBound, range.upperBound)
    while true {
      let index = slots[start &+ slot]
      if index < 0 { return -1 }
      let name = entries[rule.entries &+ index].name
      if name.end &- name.start == range.count,
        ByteEquality.equal(
          bytes, at: range.lowerBound, text, at: name.start, count: range.count)
      {
        return index
      }
      slot = (slot &+ 1) & mask
    }
  }
}

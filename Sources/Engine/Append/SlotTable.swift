/// Finds the places of rows by a hash of what they are looked up by: open addressing, each place
/// in the first free entry from where its hash points to.
///
/// Names and numbers are looked up several times for each event; the hash of a name comes with it,
/// where a dictionary would work out its own one each time.
struct SlotTable: Sendable {
  private static let free: Int32 = -1

  /// A power of two, at least half of them free.
  private var entries: [Int32] = []
  private var count = 0

  /// The slot under a hash for which `isMatch` says true.
  @inline(__always)
  func slot(_ hash: UInt64, where isMatch: (Int) -> Bool) -> Int? {
    guard !entries.isEmpty else { return nil }
    let mask = entries.count &- 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while entries[place] != Self.free {
      let slot = Int(entries[place])
      if isMatch(slot) { return slot }
      place = (place &+ 1) & mask
    }
    return nil
  }

  /// Puts a slot in that is not there yet; `hashOf` tells the hash of one that is.
  mutating func insert(_ slot: Int, _ hash: UInt64, hashOf: (Int) -> UInt64) {
    if entries.count < 2 * (count + 1) {
      let before = entries
      entries = [Int32](repeating: Self.free, count: max(16, 4 * (count + 1)).nextPowerOfTwo)
      for entry in before where entry != Self.free { put(entry, hashOf(Int(entry))) }
    }
    put(Int32(truncatingIfNeeded: slot), hash)
    count += 1
  }

  private mutating func put(_ entry: Int32, _ hash: UInt64) {
    let mask = entries.count &- 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while entries[place] != Self.free { place = (place &+ 1) & mask }
    entries[place] = entry
  }
}

extension Int {
  /// The smallest power of two that is not below this positive number.
  fileprivate var nextPowerOfTwo: Int {
    self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
  }
}

/// Finds slots by a 64-bit digest of what they are for.
///
/// The table is open: at most half full, searched upwards from the place that the digest's highest
/// bits name.
struct SlotTable {
  private struct Entry {
    var digest: UInt64
    /// -1 for none.
    var slot: Int
  }

  private static let free = Entry(digest: 0, slot: -1)

  private var entries = [Entry](repeating: free, count: 64)
  private var shift: UInt64 = 58
  private var count = 0

  /// The slot of a digest for which `isIt` holds: different things may have one digest.
  @inline(__always)
  func slot(_ digest: UInt64, _ isIt: (Int) -> Bool) -> Int? {
    let mask = entries.count &- 1
    var place = Int(truncatingIfNeeded: digest &>> shift)
    while true {
      let entry = entries[place]
      guard entry.slot >= 0 else { return nil }
      if entry.digest == digest, isIt(entry.slot) { return entry.slot }
      place = (place &+ 1) & mask
    }
  }

  /// Adds a slot that is not here yet.
  mutating func add(_ digest: UInt64, _ slot: Int) {
    count += 1
    if 2 * count > entries.count { grow() }
    insert(Entry(digest: digest, slot: slot))
  }

  private mutating func insert(_ entry: Entry) {
    let mask = entries.count &- 1
    var place = Int(truncatingIfNeeded: entry.digest &>> shift)
    while entries[place].slot >= 0 { place = (place &+ 1) & mask }
    entries[place] = entry
  }

  private mutating func grow() {
    let old = entries
    shift -= 2
    entries = [Entry](repeating: Self.free, count: 4 * old.count)
    for entry in old where entry.slot >= 0 { insert(entry) }
  }
}

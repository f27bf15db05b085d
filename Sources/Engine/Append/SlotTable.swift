/// Finds slots by a 64-bit digest of what they are for.
///
/// The table is open: at most half full, searched upwards from the place that the digest's highest
/// bits name. An entry takes eight bytes, so that much of a large table stays in the caches.
struct SlotTable: Sendable {
  private struct Entry: Sendable {
    /// The upper half of the digest.
    var tag: UInt32
    /// -1 for none.
    var slot: Int32
  }

  private static let free = Entry(tag: 0, slot: -1)

  /// None before the first slot: many tables stay empty.
  private var entries: [Entry] = []
  private var shift: UInt32 = 27
  private var count = 0

  /// The slot for which `isIt` holds, of those with this digest or nearly this one.
  @inline(__always)
  func slot(_ digest: UInt64, _ isIt: (Int) -> Bool) -> Int? {
    guard !entries.isEmpty else { return nil }
    let mask = entries.count &- 1
    let tag = UInt32(truncatingIfNeeded: digest &>> 32)
    var place = Int(tag &>> shift)
    while true {
      let entry = entries[place]
      guard entry.slot >= 0 else { return nil }
      if entry.tag == tag, isIt(Int(entry.slot)) { return Int(entry.slot) }
      place = (place &+ 1) & mask
    }
  }

  /// Adds a slot that is not here yet.
  mutating func add(_ digest: UInt64, _ slot: Int) {
    count += 1
    reserve(count)
    insert(Entry(tag: UInt32(truncatingIfNeeded: digest &>> 32), slot: Int32(slot)))
  }

  private mutating func insert(_ entry: Entry) {
    let mask = entries.count &- 1
    var place = Int(entry.tag &>> shift)
    while entries[place].slot >= 0 { place = (place &+ 1) & mask }
    entries[place] = entry
  }

  /// Makes room for so many slots in all.
  mutating func reserve(_ total: Int) {
    guard 2 * total > entries.count else { return }
    let old = entries
    // The shift is that of 32 entries as long as there are none.
    var size = max(32, old.count)
    while 2 * total > size {
      size *= 2
      shift -= 1
    }
    entries = [Entry](repeating: Self.free, count: size)
    for entry in old where entry.slot >= 0 { insert(entry) }
  }
}

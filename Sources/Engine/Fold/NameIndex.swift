internal import Bytes
internal import Events

/// Finds the slot of a name by its bytes alone, so that a fold makes no `Name` of a name it knows.
///
/// Slots are given in order, from 0. The table is open: at most half full, searched upwards.
struct NameIndex {
  private struct Entry {
    var digest: UInt64
    /// -1 for none.
    var slot: Int
  }

  private static let free = Entry(digest: 0, slot: -1)

  private var entries = [Entry](repeating: free, count: 64)
  /// The names, one after the other in the order of their slots.
  private var text: [UInt8] = []
  private var ends: [Int] = []

  /// The slot of a name; nil when it has none.
  ///
  /// - Parameter digest: `Name.digest` of the bytes.
  func slot(of name: RawSpan, _ digest: UInt64) -> Int? {
    let mask = entries.count &- 1
    var place = Int(truncatingIfNeeded: digest) & mask
    while true {
      let entry = entries[place]
      guard entry.slot >= 0 else { return nil }
      if entry.digest == digest, isName(name, entry.slot) { return entry.slot }
      place = (place &+ 1) & mask
    }
  }

  private func isName(_ name: RawSpan, _ slot: Int) -> Bool {
    let start = slot > 0 ? ends[slot &- 1] : 0
    return Name.areEqual(text.rawSpan.extracting(start..<ends[slot]), name)
  }

  /// Gives a new name the next slot.
  mutating func add(_ name: [UInt8], _ digest: UInt64) {
    let slot = ends.count
    text += name
    ends.append(text.count)
    if 2 * ends.count > entries.count { grow() }
    insert(Entry(digest: digest, slot: slot))
  }

  private mutating func insert(_ entry: Entry) {
    let mask = entries.count &- 1
    var place = Int(truncatingIfNeeded: entry.digest) & mask
    while entries[place].slot >= 0 { place = (place &+ 1) & mask }
    entries[place] = entry
  }

  private mutating func grow() {
    let old = entries
    entries = [Entry](repeating: Self.free, count: 4 * old.count)
    for entry in old where entry.slot >= 0 { insert(entry) }
  }
}

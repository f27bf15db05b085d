internal import Bytes
internal import Events

/// Finds the slot of a name by its bytes alone, so that a fold makes no `Name` of a name it knows.
///
/// Slots are given in order, from 0.
struct NameIndex {
  private var table = SlotTable()
  /// The names, one after the other in the order of their slots.
  private var text: [UInt8] = []
  private var ends: [Int] = []

  /// The slot of a name; nil when it has none.
  ///
  /// - Parameter digest: `Name.digest` of the bytes.
  func slot(of name: RawSpan, _ digest: UInt64) -> Int? {
    table.slot(digest) { slot in
      let start = slot > 0 ? ends[slot &- 1] : 0
      return Name.areEqual(text.rawSpan.extracting(start..<ends[slot]), name)
    }
  }

  /// Makes room for so many names.
  mutating func reserve(_ count: Int) {
    table.reserve(count)
    ends.reserveCapacity(count)
  }

  /// Gives a new name the next slot.
  mutating func add(_ name: [UInt8], _ digest: UInt64) {
    table.add(digest, ends.count)
    text += name
    ends.append(text.count)
  }
}

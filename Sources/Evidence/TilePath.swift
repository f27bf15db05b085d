/// A tile of a tree as c2sp.org/tlog-tiles cuts it: where it is and what it is made of.
package struct TilePath: Hashable, Sendable {
  /// How many hashes or entries a full tile has.
  package static let fullWidth = 256

  package enum Kind: Hashable, Sendable {
    /// Roots of complete subtrees of 256^level leaves; those of level 0 are leaves.
    case hashes(level: Int)
    /// What the leaves are the hashes of.
    case entries
  }

  package let kind: Kind
  package let number: UInt64
  /// How many hashes or entries it has: 1 to 256.
  package let width: Int

  package init(kind: Kind, number: UInt64, width: Int) {
    self.kind = kind
    self.number = number
    self.width = width
  }

  /// Its path below the directory of all tiles.
  package var text: String { isFull ? fullText : "\(fullText).p/\(width)" }

  /// The path that it has when it is full.
  package var fullText: String {
    switch kind {
    case .hashes(let level): "tile/\(level)/\(Self.text(number))"
    case .entries: "tile/entries/\(Self.text(number))"
    }
  }

  package var isFull: Bool { width == Self.fullWidth }

  /// The number in groups of three digits, all but the last with an `x`.
  private static func text(_ number: UInt64) -> String {
    var rest = number
    var text = ""
    repeat {
      let digits = String(rest % 1000 + 1000).dropFirst()
      text = text.isEmpty ? String(digits) : "x\(digits)/\(text)"
      rest /= 1000
    } while rest > 0
    return text
  }

  /// The tiles that hold `count` hashes or entries, in order.
  package static func all(_ kind: Kind, count: UInt64) -> [TilePath] {
    let width = UInt64(fullWidth)
    var tiles: [TilePath] = []
    var first: UInt64 = 0
    while first < count {
      tiles.append(
        TilePath(kind: kind, number: first / width, width: Int(min(width, count - first))))
      first += width
    }
    return tiles
  }

  /// Entries as a tile holds them: each behind its length, two bytes; nil when one is too long.
  package static func bundle(_ entries: [[UInt8]]) -> [UInt8]? {
    var bytes: [UInt8] = []
    for entry in entries {
      guard entry.count <= Int(UInt16.max) else { return nil }
      bytes.append(UInt8(truncatingIfNeeded: entry.count >> 8))
      bytes.append(UInt8(truncatingIfNeeded: entry.count))
      bytes += entry
    }
    return bytes
  }
}

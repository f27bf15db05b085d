/// Paths of which none is below another one, to find the one that a path is below.
///
/// In an order in which a slash comes before all else, what is below a path follows it directly:
/// so each search compares a few whole paths, however many parts they have.
struct OutermostPaths {
  private var sorted: [DiffPath] = []

  init(_ paths: [DiffPath]) {
    for path in paths.sorted(by: Self.precedes) {
      if let last = sorted.last, last == path || path.isBelow(last) { continue }
      sorted.append(path)
    }
  }

  /// The one that the path is below; nil when it is below none.
  func first(above path: DiffPath) -> DiffPath? {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = low + (high - low) / 2
      if Self.precedes(sorted[middle], path) { low = middle + 1 } else { high = middle }
    }
    guard low > 0, path.isBelow(sorted[low - 1]) else { return nil }
    return sorted[low - 1]
  }

  private static func precedes(_ left: DiffPath, _ right: DiffPath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes) { one, other in
      one != other
        && (one == UInt8(ascii: "/") || other != UInt8(ascii: "/") && one < other)
    }
  }
}

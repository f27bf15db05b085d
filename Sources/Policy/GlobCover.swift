/// Finds the globs of one list that none of another one covers, in a bounded time.
struct GlobSearch {
  /// Whether globs were left that could not be compared any more.
  private(set) var isExhausted = false
  /// How much may still be compared, in pairs of parts.
  private var rest = 1 << 23

  /// The globs of `asked` that no glob of `given` covers.
  mutating func uncovered(_ asked: [PathRule], by given: [PathRule]) -> [PathRule] {
    let texts = Set(given.map(\.text))
    let left = asked.filter { !texts.contains($0.text) }
    if left.isEmpty { return [] }
    let outer = given.map { GlobCover.parts($0.text) }
    return left.filter { !isCovered(GlobCover.parts($0.text), by: outer) }
  }

  private mutating func isCovered(_ inner: [String], by given: [[String]]) -> Bool {
    for outer in given {
      // Most globs begin with a folder, and most of these are others.
      let isOther = GlobCover.differ(outer, inner)
      rest -= isOther ? 1 : (outer.count + 1) * (inner.count + 1)
      if rest < 0 {
        isExhausted = true
        return false
      }
      if !isOther, GlobCover.covers(outer, inner) { return true }
    }
    return false
  }
}

/// Whether every path that one glob matches is matched by another one.
///
/// In doubt it says no: what it takes for covered is so.
enum GlobCover {
  static func covers(_ outer: String, _ inner: String) -> Bool {
    outer == inner || covers(parts(outer), parts(inner))
  }

  static func covers(_ outer: [String], _ inner: [String]) -> Bool {
    cover(outer, inner, lastNeedsOne: true) { outer in
      outer == "**"
    } single: { outer, inner in
      inner != "**" && coversPart(outer, inner)
    }
  }

  /// The parts of a glob between slashes; `**` as a part stands for any number of them, and at the
  /// end for at least one.
  static func parts(_ glob: String) -> [String] {
    var parts = glob.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 1 { parts.insert("**", at: 0) }
    if parts.first == "" { parts.removeFirst() }
    if parts.last == "" { parts[parts.count - 1] = "**" }
    return parts
  }

  /// Whether two globs begin with folders that are not the same.
  static func differ(_ outer: [String], _ inner: [String]) -> Bool {
    guard let one = outer.first, let other = inner.first, one != other else { return false }
    return !one.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
  }

  private static func coversPart(_ outer: String, _ inner: String) -> Bool {
    if outer == inner { return true }
    // Within a part it crosses slashes.
    if inner.contains("**") { return false }
    return cover(Array(outer.utf8), Array(inner.utf8), lastNeedsOne: false) { outer in
      outer == UInt8(ascii: "*")
    } single: { outer, inner in
      outer == inner || (outer == UInt8(ascii: "?") && inner != UInt8(ascii: "*"))
    }
  }

  /// - Parameters:
  ///   - lastNeedsOne: whether a star at the end stands for at least one element.
  ///   - isStar: whether an outer element stands for any number of inner ones.
  ///   - single: whether an outer element that is no star covers one inner element.
  private static func cover<Element>(
    _ outer: [Element], _ inner: [Element], lastNeedsOne: Bool, isStar: (Element) -> Bool,
    single: (Element, Element) -> Bool
  ) -> Bool {
    // From the end: whether the rest of the outer elements covers the rest of the inner ones.
    var below = [Bool](repeating: false, count: inner.count + 1)
    below[inner.count] = true
    for (index, element) in outer.enumerated().reversed() {
      var row = [Bool](repeating: false, count: inner.count + 1)
      let isLast = index + 1 == outer.count
      for place in stride(from: inner.count, through: 0, by: -1) {
        let hasMore = place < inner.count
        if isStar(element) {
          row[place] =
            isLast && lastNeedsOne ? hasMore : below[place] || (hasMore && row[place + 1])
        } else {
          row[place] = hasMore && single(element, inner[place]) && below[place + 1]
        }
      }
      below = row
    }
    return below[0]
  }
}

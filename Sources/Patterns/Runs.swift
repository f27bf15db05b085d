/// The commonest shape of pattern, `^` then runs of classes then perhaps `$`, matched in place.
///
/// A run takes all it can; that is right because what may follow it starts differently.
final class Runs: Matcher {
  private struct Run: Sendable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// Whether every scalar beyond ASCII belongs to it.
    var wide = false
    var min: Int
    var max: Int

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
      let bits = byte < 64 ? low : high
      return byte < 128 ? (bits >> UInt64(byte & 63)) & 1 != 0 : wide
    }

    func isDisjoint(with other: Run) -> Bool {
      low & other.low == 0 && high & other.high == 0 && !(wide && other.wide)
    }
  }

  private let runs: [Run]
  private let endsAtEnd: Bool

  /// Reads the shape; nil if the pattern is of another one.
  init?(_ tree: Syntax) {
    guard case .sequence(let parts) = tree, case .start? = parts.first else { return nil }
    var runs: [Run] = []
    var endsAtEnd = false
    for (index, part) in parts.enumerated().dropFirst() {
      if case .end = part, index == parts.count - 1 {
        endsAtEnd = true
      } else if !Self.add(part, to: &runs) {
        return nil
      }
    }
    guard Self.isDeterministic(runs) else { return nil }
    self.runs = runs
    self.endsAtEnd = endsAtEnd
  }

  private static func add(_ part: Syntax, to runs: inout [Run]) -> Bool {
    switch part {
    case .set(let set): return add(set, 1, 1, to: &runs)
    case .repeated(.set(let set), let min, let max): return add(set, min, max ?? Int.max, to: &runs)
    case .sequence(let parts): return parts.allSatisfy { add($0, to: &runs) }
    default: return false
    }
  }

  private static func add(
    _ set: ScalarSet, _ min: Int, _ max: Int, to runs: inout [Run]
  ) -> Bool {
    var run = Run(min: min, max: max)
    for range in set.ranges {
      if range.upperBound >= 0x80 {
        // Bytes and scalars are counted alike only when the count is free.
        let isWhole = range.lowerBound <= 0x80 && range.upperBound == ScalarSet.last
        guard isWhole, min <= 1, max == Int.max else { return false }
        run.wide = true
      }
      guard range.lowerBound < 0x80 else { continue }
      for scalar in range.lowerBound...Swift.min(range.upperBound, 0x7F) {
        if scalar < 64 {
          run.low |= 1 << UInt64(scalar)
        } else {
          run.high |= 1 << UInt64(scalar - 64)
        }
      }
    }
    runs.append(run)
    return true
  }

  private static func isDeterministic(_ runs: [Run]) -> Bool {
    for (index, run) in runs.enumerated() where run.min != run.max {
      for follower in runs[(index + 1)...] {
        guard run.isDisjoint(with: follower) else { return false }
        if follower.min > 0 { break }
      }
    }
    return true
  }

  func matches(_ text: Span<UInt8>) -> Bool {
    var index = 0
    for position in runs.indices {
      let run = runs[position]
      let limit = text.count &- index > run.max ? index &+ run.max : text.count
      let start = index
      while index < limit, run.contains(text[index]) { index &+= 1 }
      if index &- start < run.min { return false }
    }
    return !endsAtEnd || index == text.count
  }
}

/// Makes ULIDs that never fall within one process, whatever the clock does.
package struct ULIDGenerator: Sendable {
  private var last: ULID?

  package init() {}

  /// The next identifier: later than all before it, at `now` unless the clock went backwards.
  package mutating func next(at now: Timestamp, entropy: inout some EntropySource) -> ULID {
    let milliseconds = UInt64(max(0, now.nanoseconds / 1_000_000)) & 0xFFFF_FFFF_FFFF
    guard let last, milliseconds <= last.milliseconds else {
      let fresh = ULID(
        milliseconds: milliseconds,
        random: (UInt16(truncatingIfNeeded: entropy.next()), entropy.next()))
      self.last = fresh
      return fresh
    }
    let (low, carried) = last.low.addingReportingOverflow(1)
    let next = ULID(high: carried ? last.high &+ 1 : last.high, low: low)
    self.last = next
    return next
  }
}

/// Makes ULIDs that never fall within one process, whatever the clock does.
package struct ULIDGenerator: Sendable {
  private var last = ULID(high: 0, low: 0)

  package init() {}

  /// The next identifier: later than all before it, at `now` unless the clock went backwards.
  package mutating func next(at now: Timestamp, entropy: inout some EntropySource) -> ULID {
    let milliseconds = UInt64(max(0, now.nanoseconds / 1_000_000)) & 0xFFFF_FFFF_FFFF
    if milliseconds > last.milliseconds {
      last = ULID(
        milliseconds: milliseconds,
        random: (UInt16(truncatingIfNeeded: entropy.next()), entropy.next()))
    } else {
      let (low, carried) = last.low.addingReportingOverflow(1)
      last = ULID(high: carried ? last.high &+ 1 : last.high, low: low)
    }
    return last
  }
}

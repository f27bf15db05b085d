internal import Bytes
internal import EventLog
internal import Events
internal import Merkle

extension LogAudit {
  /// Compares the log with what this machine saw of it before.
  ///
  /// - Returns: what that proves; nil when there is nothing to compare with.
  func closeExternal() -> String? {
    let end = next.previous
    if let mark { return check(mark, end) }
    if let other { return describeCopy(other, end) }
    report.skip(.external, "this machine has seen nothing of this log before")
    return nil
  }

  /// A copy is no forgery: what it says of the other one is told, and not judged.
  private func describeCopy(_ other: HighWaterSlot.Mark, _ end: Position) -> String {
    let seen = "another copy of this log was seen at position \(other.position)"
    guard other.position <= end else {
      report.skip(.external, "\(seen), this one ends at \(end)")
      return "this is a copy, and \(seen)"
    }
    let isSame = tree.frontier(size: other.position.next.rawValue)?.root == other.root
    report.skip(
      .external,
      isSame ? "\(seen), with the same events" : "\(seen), with other events: a fork")
    return isSame
      ? "this is a copy, which agrees with another one to position \(other.position)"
      : "this is a fork: \(seen), with other events"
  }

  private func check(_ mark: HighWaterSlot.Mark, _ end: Position) -> String {
    let seen = "this machine saw position \(mark.position)"
    guard mark.epoch == epoch else {
      report.skip(
        .external, "\(seen) of epoch \(mark.epoch); this is epoch \(epoch), a restored log")
      return "it was restored since \(seen)"
    }
    guard mark.position <= end else {
      report.find(
        .external, end.next, through: mark.position,
        "the log was rolled back: it ends at position \(end), \(seen)")
      report.end(.external, "older than what was seen")
      return "\(mark.position.rawValue - end.rawValue) events after it were there before"
    }
    guard tree.isComplete else {
      report.skip(.external, "without all records the root at position \(mark.position) is unknown")
      return "\(seen), which can't be compared"
    }
    guard tree.frontier(size: mark.position.next.rawValue)?.root == mark.root else {
      report.find(
        .external, Position(1), through: mark.position,
        "the history differs: the root at position \(mark.position) is another than this machine saw"
      )
      report.end(.external, "another history than what was seen")
      return "\(seen) with another root"
    }
    report.end(.external, "high-water mark at position \(mark.position) of this machine agrees")
    return mark.position == end
      ? "proved against changes by the high-water mark of this machine alone"
      : "proved to position \(mark.position) by the high-water mark of this machine; "
        + "nothing outside the log proves later events"
  }
}

package import Events

/// A writer that stays and commits together with others, as long as this is there.
///
/// For one thread at a time.
package final class GroupMember: @unchecked Sendable {
  private var seat: Seat?
  /// The directory whose slot file was looked for.
  private var directory: FileID?

  package init() {}

  /// The seat in the slot file beside a log's open files; nil when there is none to be had.
  func seat(_ files: LogFiles, waitNanoseconds: Int64) throws(LogError) -> Seat? {
    if directory == files.lock.directory { return seat }
    try files.lock.acquire(waitNanoseconds: waitNanoseconds)
    defer { files.lock.release() }
    seat = nil
    directory = files.lock.directory
    seat = SlotFile.open(in: files.lock.descriptor).flatMap { Seat($0) }
    return seat
  }

  /// Leaves the seat to others; the next write takes another.
  func leave() {
    seat = nil
    directory = nil
  }
}

/// Work in one transaction that takes others' requests in.
package protocol GroupUnit: WriteUnit {
  /// Takes another writer's request in; false when it is none that can be decided on here.
  mutating func take(_ request: [UInt8]) -> Bool
  /// What to tell the writers whose requests were taken, in order.
  func answers(_ output: Output) -> [[UInt8]]
  /// Whether what it does by itself may be done already: then it is looked up, and nothing is
  /// taken in.
  var isSuspect: Bool { get set }
}

/// How a writer's own request was done.
package enum GroupOutcome<Output> {
  /// By itself.
  case led(Output)
  /// By another writer, with this answer.
  case answered([UInt8])
}

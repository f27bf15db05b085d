internal import Glibc
internal import Synchronization

/// Counts who uses the map, and lets a resize in only when nobody else does.
///
/// LMDB leaves this to its caller: a resize unmaps the file under every open transaction of the
/// process.
struct TransactionGate: ~Copyable {
  private static let resizing = -1
  /// Far enough below that users who leave a lost map don't change what it says.
  private static let lost = Int.min / 2

  private let users = Atomic<Int>(0)

  /// Registers a user of the map, after a resize that is under way.
  func enter() throws(LMDBError) {
    while true {
      let count = users.load(ordering: .acquiring)
      guard count >= Self.resizing else { throw .panic }
      if count == Self.resizing {
        sched_yield()
        continue
      }
      let (entered, _) = users.weakCompareExchange(
        expected: count, desired: count + 1, ordering: .acquiringAndReleasing)
      if entered { return }
    }
  }

  /// Ends what `enter` began.
  func leave() { users.subtract(1, ordering: .releasing) }

  /// Keeps everybody out if the caller's `own` users are the only ones inside.
  func close(own: Int) -> Bool {
    users.compareExchange(
      expected: own, desired: Self.resizing, ordering: .acquiringAndReleasing
    ).exchanged
  }

  /// Ends what `close` began; without a usable map nobody gets in again.
  func open(own: Int, mapIsUsable: Bool) {
    users.store(mapIsUsable ? own : Self.lost, ordering: .releasing)
  }
}

internal import Bytes
internal import CFutex
internal import Events
internal import Glibc
internal import Synchronization

/// The advisory lock (`flock`) of an open file or directory, waited for in turn until a deadline.
///
/// The queue is the kernel's own: who blocks in `flock` stands behind those who did before, and is
/// woken as soon as the lock is free. Nothing about it is written down anywhere, so that nothing
/// can be out of date: a process that is killed, at whatever instruction, is gone from the queue
/// with its last thread, and one that is stopped leaves it until it goes on. That works between
/// containers, beside programs that only try the lock now and then, and costs nobody anything who
/// finds the lock free.
///
/// `flock` knows no deadline, and a signal to interrupt it is not a library's to take. So a thread
/// stands in the queue for the one that wants the lock, which sleeps on a word until then or until
/// its deadline. A thread that is not waited for any more gives the lock back when it gets it, if
/// nobody has come meanwhile to take over its place.
///
/// Free is not taken: who is woken must run before it has the lock, and a writer that is running
/// would be quicker each time. So whoever has just had it leaves it alone for a moment if others
/// wait, which they show by a shared lock of a byte. That is a courtesy only; without it a waiter
/// would still be the next one to try.
package final class LockQueue: Sendable {
  /// Who of this process's threads may take the lock: its descriptor has it for all of them.
  private enum Turn { static let free: UInt32 = 0, had: UInt32 = 1, wanted: UInt32 = 2 }

  /// What became of the thread that stands in the queue.
  private enum Place {
    /// There is none.
    static let none: UInt32 = 0
    static let waiting: UInt32 = 1
    /// It waits still, but nobody for it.
    static let left: UInt32 = 2
    static let taken: UInt32 = 3
    /// It gives back what nobody wanted any more.
    static let returning: UInt32 = 4
    static let failed: UInt32 = 5
  }

  package static let courtesyNanoseconds: Int64 = 100_000
  /// The byte by which waiters show themselves.
  private static let sign: Int64 = 0
  /// How long nobody sleeps over something that takes a moment.
  private static let momentNanoseconds: Int64 = 1_000_000

  package let descriptor: Int32
  private let courtesy: Int64
  private let turn = WaitWord()
  private let place = WaitWord()
  /// When the lock was given back; 0 before.
  private let end = Atomic<Int64>(0)

  /// The lock of something open, whose descriptor it closes in the end.
  ///
  /// - Parameter courtesyNanoseconds: how long it leaves the lock to others after having had it.
  package init(
    descriptor: Int32, courtesyNanoseconds: Int64 = LockQueue.courtesyNanoseconds
  ) {
    self.descriptor = descriptor
    courtesy = courtesyNanoseconds
  }

  deinit { close(descriptor) }

  /// Takes the lock if nobody has it, and nobody waits for whom it should be left.
  package func tryTake() -> Bool {
    guard turn.replace(Turn.free, by: Turn.had) else { return false }
    if place.value == Place.none, courtesyLeft == 0, lock() { return true }
    passTurn()
    return false
  }

  /// Takes the lock, waiting at most so long; false when that was not enough.
  package func take(waitNanoseconds: Int64) -> Bool {
    let deadline = Deadline(nanoseconds: waitNanoseconds)
    guard turn.replace(Turn.free, by: Turn.had) || awaitTurn(deadline) else { return false }
    if awaitLock(deadline) { return true }
    passTurn()
    return false
  }

  /// Gives the lock back.
  package func giveBack() {
    flock(descriptor, LOCK_UN)
    end.store(MonotonicTime.nanoseconds(), ordering: .relaxed)
    passTurn()
  }

  /// Whether others wait for the lock.
  package var isWanted: Bool { uetlog_byte_is_locked(descriptor, Self.sign) }

  /// Lets others see that this one waits for the lock, or no longer does.
  package func show(isWaiting: Bool) {
    // It fails where a file system has no such locks; then nobody is polite.
    _ = uetlog_share_byte(descriptor, Self.sign, isWaiting)
  }
}

extension LockQueue {
  private struct Deadline {
    private let start = MonotonicTime.nanoseconds()
    private let wait: Int64

    init(nanoseconds: Int64) { wait = nanoseconds }

    /// 0 or less when it is over.
    var rest: Int64 { wait - (MonotonicTime.nanoseconds() - start) }
  }

  /// Waits until no other thread of this process has the lock or waits for it.
  private func awaitTurn(_ deadline: Deadline) -> Bool {
    while !turn.replace(Turn.free, by: Turn.wanted) {
      let rest = deadline.rest
      guard rest > 0 else { return false }
      if turn.value == Turn.wanted || turn.replace(Turn.had, by: Turn.wanted) {
        turn.wait(while: Turn.wanted, nanoseconds: rest)
      }
    }
    return true
  }

  private func passTurn() {
    if turn.replace(Turn.had, by: Turn.free) { return }
    turn.value = Turn.free
    turn.wake()
  }

  private func lock() -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }

  /// How much longer the lock is to be left to others.
  private var courtesyLeft: Int64 {
    let end = end.load(ordering: .relaxed)
    guard end != 0 else { return 0 }
    let rest = courtesy - (MonotonicTime.nanoseconds() - end)
    return rest > 0 && isWanted ? rest : 0
  }

  /// Waits for the lock; the caller has the turn.
  private func awaitLock(_ deadline: Deadline) -> Bool {
    if place.value == Place.none {
      let pause = min(courtesyLeft, deadline.rest)
      if pause > 0 { usleep(useconds_t(clamping: pause / 1000)) }
      if lock() { return true }
      guard deadline.rest > 0 else { return false }
    }
    show(isWaiting: true)
    defer { show(isWaiting: false) }
    while true {
      switch place.value {
      case Place.none:
        guard deadline.rest > 0 else { return false }
        guard queueUp() else { return poll(deadline) }
      case Place.left:
        _ = place.replace(Place.left, by: Place.waiting)
      case Place.waiting:
        let rest = deadline.rest
        if rest <= 0 {
          if place.replace(Place.waiting, by: Place.left) { return false }
        } else {
          place.wait(while: Place.waiting, nanoseconds: rest)
        }
      case Place.taken:
        place.value = Place.none
        return true
      case Place.failed:
        place.value = Place.none
        return poll(deadline)
      default:
        guard deadline.rest > 0 else { return false }
        place.wait(while: Place.returning, nanoseconds: Self.momentNanoseconds)
      }
    }
  }

  /// Sends a thread to wait for the lock; false when there is none to be had.
  private func queueUp() -> Bool {
    place.value = Place.waiting
    do throws(LogError) {
      try Thread.startWithoutSignals { self.standInQueue() }.detach()
      return true
    } catch {
      place.value = Place.none
      return false
    }
  }

  private func standInQueue() {
    var isTaken = true
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        isTaken = false
        break
      }
    }
    while !place.replace(Place.waiting, by: isTaken ? Place.taken : Place.failed) {
      guard place.replace(Place.left, by: Place.returning) else { continue }
      if isTaken { flock(descriptor, LOCK_UN) }
      place.value = Place.none
      break
    }
    place.wake()
  }

  /// Tries again and again: for where there are no threads, or no locks to be waited for.
  private func poll(_ deadline: Deadline) -> Bool {
    var pause: useconds_t = 50
    while !lock() {
      guard deadline.rest > 0 else { return false }
      usleep(pause)
      pause = min(pause * 2, 2000)
    }
    return true
  }
}

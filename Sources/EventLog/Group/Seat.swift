internal import Bytes
internal import Glibc

/// A writer's place in the slot file: its own slot, and its view of the others'.
///
/// A slot goes idle → pending (its owner) → deciding (who holds the log's lock) → answered or
/// returned (the same) → idle (its owner). For one thread at a time.
package final class Seat {
  /// What a slot's word says in its lowest byte; the rest changes whenever an owner is to look.
  enum State: UInt32 {
    case idle, pending, deciding, answered, returned
  }

  /// What became of a request.
  package enum Standing: Hashable {
    /// Nobody has looked at it, or will from now on.
    case withdrawn
    /// The answer of who decided on it.
    case answered([UInt8])
    /// Somebody who is gone, or failed, had it in hand: it may be stored or not.
    case suspect
    /// Somebody has it in hand, or will.
    case waiting(word: UInt32)
  }

  private static let turn: UInt32 = 1 << 8
  private static let gatherNanoseconds: Int64 = 60_000
  /// How often a word may change under the hands of who takes its request back.
  private static let attemptsMax = 1000

  private let map: SlotMap
  private let slot: Int
  private var usedByteCount = SlotMap.areaByteCount

  /// Takes a slot that no living process has; the caller holds the log's lock.
  ///
  /// - Returns: nil when all are taken.
  package init?(_ map: SlotMap) {
    guard let slot = (0..<SlotMap.slotCount).first(where: { map.take($0) }) else { return nil }
    self.map = map
    self.slot = slot
    clear()
  }

  /// Puts a request up for whoever holds the lock; false when it is too large.
  package func publish(_ request: [UInt8]) -> Bool {
    guard map.write(request, slot) else { return false }
    usedByteCount = request.count
    map.store(State.pending.rawValue, slot)
    return true
  }

  /// Looks what became of the request.
  package func look() -> Standing {
    let word = map.word(slot)
    switch Self.state(word) {
    case .answered: return answer()
    case .pending, .deciding: return .waiting(word: word)
    case .idle, .returned, nil:
      clear()
      return .suspect
    }
  }

  /// Sleeps until somebody has something to say, at most so long.
  ///
  /// - Parameter word: what `look` has seen; nil when the request is with nobody any more.
  func wait(_ word: UInt32?, nanoseconds: Int64) {
    map.wait(slot, while: word ?? State.idle.rawValue, nanoseconds: nanoseconds)
  }

  /// Takes the request back; the caller holds the log's lock, so that nobody has it in hand.
  package func withdraw() -> Standing {
    if case .answered = Self.state(map.word(slot)) { return answer() }
    let wasPending = Self.state(map.word(slot)) == .pending
    clear()
    return wasPending ? .withdrawn : .suspect
  }

  /// Takes the request back without the lock; `waiting` when somebody has it in hand.
  package func tryWithdraw() -> Standing {
    for _ in 0..<Self.attemptsMax {
      let word = map.word(slot)
      guard Self.state(word) == .pending else { return look() }
      guard map.replace(word, by: State.idle.rawValue, slot) else { continue }
      clear()
      return .withdrawn
    }
    return .suspect
  }

  private func answer() -> Standing {
    let answer = map.read(slot)
    usedByteCount = max(usedByteCount, answer?.count ?? SlotMap.areaByteCount)
    clear()
    return answer.map { .answered($0) } ?? .suspect
  }

  private func clear() {
    map.erase(slot, byteCount: usedByteCount)
    map.store(State.idle.rawValue, slot)
    usedByteCount = 0
  }

  private static func state(_ word: UInt32) -> State? { State(rawValue: word & (turn - 1)) }
}

extension Seat {
  /// Takes the pending requests of living writers in hand; the caller holds the log's lock.
  ///
  /// - Parameter take: tells whether it takes a request; the others go back to their owners.
  /// - Returns: the slots whose requests were taken, in the same order.
  package func gather(_ take: ([UInt8]) -> Bool) -> [Int] {
    awaitOthers()
    var taken: [Int] = []
    for other in 0..<SlotMap.slotCount where other != slot {
      let word = map.word(other)
      guard Self.state(word) == .pending else { continue }
      // What a dead writer has put up nobody waits for: it must not come into the log after its
      // owner's end was seen.
      guard map.isTaken(other), map.replace(word, by: State.deciding.rawValue, other) else {
        continue
      }
      if let request = map.read(other), take(request) {
        taken.append(other)
      } else {
        map.store(State.returned.rawValue, other)
      }
    }
    map.lastGroup = UInt32(clamping: taken.count + 1)
    return taken
  }

  /// Gives those that were in the last group, too, a moment to put their next request up.
  private func awaitOthers() {
    let expected = min(Int(map.lastGroup), SlotMap.slotCount) - 1
    guard expected > 0 else { return }
    let end = MonotonicTime.nanoseconds() &+ Self.gatherNanoseconds
    while pendingCount < expected, MonotonicTime.nanoseconds() < end { sched_yield() }
  }

  private var pendingCount: Int {
    var count = 0
    for other in 0..<SlotMap.slotCount where other != slot {
      if Self.state(map.word(other)) == .pending { count += 1 }
    }
    return count
  }

  /// Writes the answers of slots, before the log's lock is released.
  package func answer(_ slots: [Int], _ answers: [[UInt8]]) {
    for (index, other) in slots.enumerated() {
      let isAnswered = index < answers.count && map.write(answers[index], other)
      map.store((isAnswered ? State.answered : .returned).rawValue, other)
    }
  }

  /// Gives requests back undecided, before the log's lock is released.
  package func giveBack(_ slots: [Int]) { answer(slots, []) }

  /// Wakes the next writer, to take the lock, and then those that were answered; after the log's
  /// lock was released.
  func wakeOthers(_ answered: [Int]) {
    wakeNext()
    for other in answered { map.wake(other) }
  }

  private func wakeNext() {
    for step in 1..<SlotMap.slotCount {
      let other = (slot + step) % SlotMap.slotCount
      let word = map.word(other)
      switch Self.state(word) {
      case .pending, .returned:
        // The word changes, so that an owner who is about to sleep does not.
        guard map.isTaken(other), map.replace(word, by: word &+ Self.turn, other) else { continue }
        map.wake(other)
        return
      default: continue
      }
    }
  }
}

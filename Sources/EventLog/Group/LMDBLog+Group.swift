internal import Bytes
package import Events

extension LMDBLog {
  /// How long a writer sleeps before it tries the lock itself: who was to wake it may be dead, or
  /// none of the group.
  private static let sleepNanosecondsMax: Int64 = 1_000_000

  /// Runs `unit` in one transaction, with what others of the group have put up, unless another
  /// writer does what `request` says first.
  ///
  /// - Parameter request: what another writer needs to know to do the same.
  package func write<U: GroupUnit>(
    _ request: [UInt8], with member: GroupMember, waitNanoseconds: Int64, _ unit: inout U
  ) throws(LogError) -> GroupOutcome<U.Output> {
    for _ in 0..<Self.replacementsMax {
      let files = files
      try files.format.checkWritable(path)
      // What may be stored already nobody else may do: only its owner looks it up.
      guard !unit.isSuspect,
        let seat = try member.seat(files, waitNanoseconds: waitNanoseconds),
        seat.publish(request)
      else { break }
      do throws(LogError) {
        let answer = try awaitAnswer(files, seat, member, waitNanoseconds, &unit.isSuspect)
        if let answer { return .answered(answer) }
        return .led(try lead(files, seat, &unit))
      } catch {
        guard error.code == .replaced else { throw error }
      }
      try reopen()
    }
    return .led(try write(waitNanoseconds: waitNanoseconds, &unit))
  }

  /// Waits for the answer to what is put up; nil when this writer has the lock instead, and is to
  /// do it.
  ///
  /// - Parameter isSuspect: becomes true when another had it in hand and has not answered.
  private func awaitAnswer(
    _ files: LogFiles, _ seat: Seat, _ member: GroupMember, _ waitNanoseconds: Int64,
    _ isSuspect: inout Bool
  ) throws(LogError) -> [UInt8]? {
    let start = MonotonicTime.nanoseconds()
    var isPut = true
    while true {
      // Before the lock is tried: who has an answer has no use for it, and would be in the way.
      var word: UInt32?
      if isPut {
        switch seat.look() {
        case .answered(let answer): return answer
        case .waiting(let seen): word = seen
        case .suspect, .withdrawn: (isPut, isSuspect) = (false, true)
        }
      }
      if files.lock.tryAcquire() {
        guard isPut else { return nil }
        switch seat.withdraw() {
        case .answered(let answer):
          files.lock.release()
          seat.wakeOthers([])
          return answer
        case .suspect: isSuspect = true
        case .withdrawn, .waiting: break
        }
        return nil
      }
      let rest = waitNanoseconds - (MonotonicTime.nanoseconds() - start)
      guard rest > 0 else {
        return try giveUp(files, isPut ? seat : nil, member, waitNanoseconds, isSuspect)
      }
      seat.wait(word, nanoseconds: min(rest, Self.sleepNanosecondsMax))
    }
  }

  /// The answer that came at the last moment; otherwise throws what is known.
  private func giveUp(
    _ files: LogFiles, _ seat: Seat?, _ member: GroupMember, _ waitNanoseconds: Int64,
    _ isSuspect: Bool
  ) throws(LogError) -> [UInt8]? {
    if let seat {
      switch seat.tryWithdraw() {
      case .answered(let answer): return answer
      case .withdrawn: throw files.lock.busy(after: waitNanoseconds)
      case .waiting, .suspect: member.leave()
      }
    }
    throw LogError(
      .outcomeUnknown, "another process has the event in hand and does not go on",
      actual: "waited \(waitNanoseconds / 1_000_000) ms",
      hint: "Run the same command again with the same id: it is stored once")
  }

  /// Runs a unit with what others have put up; gives the lock back.
  private func lead<U: GroupUnit>(
    _ files: LogFiles, _ seat: Seat, _ unit: inout U
  ) throws(LogError) -> U.Output {
    var taken: [Int] = []
    defer {
      files.lock.release()
      seat.wakeOthers(taken)
    }
    // Alone: it may be what a leader died of.
    if unit.isSuspect { return try writeLocked(files, &unit) }
    var group = unit
    taken = seat.gather { group.take($0) }
    do throws(LogError) {
      let output = try writeLocked(files, &group)
      seat.answer(taken, group.answers(output))
      unit = group
      return output
    } catch {
      seat.giveBack(taken)
      guard !taken.isEmpty, error.code != .outcomeUnknown else { throw error }
    }
    // One of the others may have been the reason.
    return try writeLocked(files, &unit)
  }
}

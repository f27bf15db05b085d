internal import Synchronization

/// How far a copy of a log is, for another thread to look at while it is made.
package final class CopyMeter: Sendable {
  /// What is being done, and how much of how much at most.
  package enum Stage: Hashable, Sendable {
    case waiting
    /// In bytes.
    case copying(UInt64, of: UInt64)
    /// In pages.
    case checking(UInt64, of: UInt64)
  }

  private struct State {
    var stage = Stage.waiting
    /// The file that LMDB writes, which alone tells how far that is.
    var path: String?
  }

  private let state = Mutex(State())

  package init() {}

  /// What is being done at this moment.
  package var stage: Stage {
    state.withLock { state in
      guard let path = state.path, case .copying(_, let total) = state.stage else {
        return state.stage
      }
      return .copying(UInt64(clamping: Directory.byteCount(of: path)), of: total)
    }
  }

  func copy(to path: String, byteCountMax: Int) {
    state.withLock {
      $0 = State(stage: .copying(0, of: UInt64(clamping: byteCountMax)), path: path)
    }
  }

  func check(_ done: UInt64, of total: UInt64) {
    state.withLock { $0 = State(stage: .checking(done, of: total)) }
  }
}

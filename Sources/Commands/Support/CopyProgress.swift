internal import Engine
internal import EventLog
internal import Events
internal import Glibc
internal import Synchronization

/// Shows on a terminal how far a copy of a log is: LMDB makes it in one call, so another thread
/// looks.
enum CopyProgress {
  private static let pauseMicroseconds: useconds_t = 20_000

  /// Makes a copy, which tells the meter how far it is.
  static func during<Output>(
    _ console: Console, _ copy: (CopyMeter?) throws(LogError) -> Output
  ) throws(LogError) -> Output {
    guard Progress.isShown(isQuiet: console.isQuiet || console.isJSON) else {
      return try copy(nil)
    }
    let watch = Watch()
    let thread = try Thread.start { watch.show() }
    defer {
      watch.isOver.store(true, ordering: .relaxed)
      thread.join()
    }
    return try copy(watch.meter)
  }

  private final class Watch: Sendable {
    let meter = CopyMeter()
    let isOver = Atomic<Bool>(false)

    func show() {
      var copying = Progress("copying bytes", isQuiet: false)
      var checking = Progress("checking the copy's pages", isQuiet: false)
      while !isOver.load(ordering: .relaxed) {
        switch meter.stage {
        case .waiting: break
        case .copying(let done, let total): copying.update(done, of: total)
        case .checking(let done, let total): checking.update(done, of: total)
        }
        usleep(CopyProgress.pauseMicroseconds)
      }
    }
  }
}

internal import Bytes
internal import Glibc

/// A line on a terminal's standard error that says how far a long task is: after half a second, at
/// most ten times a second, gone at the end.
struct Progress: ~Copyable {
  private static let firstAfterNanoseconds: Int64 = 500_000_000
  private static let everyNanoseconds: Int64 = 100_000_000

  private let what: String
  private let isShown: Bool
  private let start: Int64
  private var next: Int64
  private var hasDrawn = false

  init(_ what: String, isQuiet: Bool) {
    self.what = what
    isShown = Self.isShown(isQuiet: isQuiet)
    start = MonotonicTime.nanoseconds()
    next = start + Self.firstAfterNanoseconds
  }

  /// Whether there is a terminal to show it on.
  static func isShown(isQuiet: Bool) -> Bool { !isQuiet && isatty(STDERR_FILENO) == 1 }

  deinit { if hasDrawn { Self.draw("") } }

  /// Says how much is done, of how much if that is known.
  mutating func update(_ done: UInt64, of total: UInt64? = nil) {
    guard isShown else { return }
    let now = MonotonicTime.nanoseconds()
    guard now >= next else { return }
    next = now + Self.everyNanoseconds
    hasDrawn = true
    let rate = Double(done) * 1e9 / Double(max(1, now - start))
    var text = "\(what): \(done)"
    if let total, total > 0 {
      let share = Double(done) / Double(total)
      let left = rate > 0 ? Double(total - min(done, total)) / rate : 0
      text += " of \(total) (\(Int(share * 100)) %), \(Int(rate))/s"
      text += ", \(Int(left.rounded(.up))) s left"
    } else {
      text += ", \(Int(rate))/s"
    }
    Self.draw(text)
  }

  private static func draw(_ text: String) {
    _ = Output.write(all: Array("\r\u{1B}[K\(text)".utf8), to: STDERR_FILENO)
  }
}

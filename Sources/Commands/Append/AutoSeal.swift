internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Evidence

/// Seals the log now and then while many lines are appended, as `seal.every_events` says.
///
/// The events are stored whatever comes of it: what hinders a seal is told once, and they go on.
struct AutoSeal {
  private let every: UInt64
  private let settings: Settings
  private let console: Console
  /// Before this position there is nothing to look at.
  private var due: UInt64 = 0
  private var key: SigningKey?
  private var isOff = false

  /// Nil when nothing is to be sealed.
  init?(_ settings: Settings, _ options: AppendOptions, _ console: Console) {
    guard settings.sealEvery > 0, !options.isDryRun else { return nil }
    every = settings.sealEvery
    self.settings = settings
    self.console = console
  }

  /// Seals the log if it is due, now that it is stored up to a position.
  mutating func seal(_ engine: Engine<some EventLog>, at position: Position) {
    guard !isOff, position.rawValue >= max(due, 1) else { return }
    do throws(LogError) {
      let last = try engine.lastSeal(covering: .none)?.position ?? .none
      due = last.rawValue &+ every
      guard position.rawValue >= due else { return }
      var options = AppendOptions()
      options.waitNanoseconds = settings.waitNanoseconds
      // Nil when another process was faster; the next look tells.
      let sealed = try engine.sealIfDue(every: every, by: key(for: engine.log), options)
      if let sealed { due = sealed.receipt.position.rawValue &+ every }
    } catch {
      // Who has the lock now won't have it after the next lines.
      guard error.code != .busy else { return }
      isOff = true
      console.warn("the events are stored, but not sealed: \(error.message)")
    }
  }

  private mutating func key(for log: some EventLog) throws(LogError) -> SigningKey {
    if let key { return key }
    let store = try KeyStore(console.here)
    if let log = log as? LMDBLog { try store.requireOutside(ofLog: log.path) }
    let found = try store.signing(settings.sealKey, origin: log.identity.origin)
    key = found
    return found
  }
}

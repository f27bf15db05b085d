internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Synchronization

/// Where lines go: a log that is there, or one that is made for the first line that it would take.
final class AppendTarget<Log: EventLog>: Sendable {
  private let opened: Mutex<Engine<Log>?>
  /// An empty log that nobody keeps, to try lines out; nil when the log was there.
  private let empty: Engine<MemoryLog>?
  private let isThere: @Sendable () -> Bool
  private let open: @Sendable () throws(LogError) -> Engine<Log>

  /// A log that is there.
  init(_ engine: Engine<Log>) {
    opened = Mutex(engine)
    empty = nil
    isThere = { true }
    open = { engine }
  }

  /// A log that `open` makes, unless somebody else has made it before.
  init(
    rehearsal: Engine<MemoryLog>, isThere: @escaping @Sendable () -> Bool,
    open: @escaping @Sendable () throws(LogError) -> Engine<Log>
  ) {
    opened = Mutex(nil)
    empty = rehearsal
    self.isThere = isThere
    self.open = open
  }

  /// An empty log to try lines out on; nil when there is a log, by whomever.
  var rehearsal: Engine<MemoryLog>? {
    opened.withLock { $0 == nil } && !isThere() ? empty : nil
  }

  /// The engine on the log, which is made if it is not there.
  func engine() throws(LogError) -> Engine<Log> {
    try opened.withLock { (engine) throws(LogError) in
      if let engine { return engine }
      let made = try open()
      engine = made
      return made
    }
  }

  /// An error that quotes nothing secret of a line.
  func erasing(_ error: LogError, _ line: [UInt8]) -> LogError {
    if let engine = opened.withLock({ $0 }) { return engine.erasing(error, [line]) }
    return empty?.erasing(error, [line]) ?? error
  }
}

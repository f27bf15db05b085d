package import EventLog
package import Events

/// The two logs that must behave the same.
package enum LogKind: String, CaseIterable, Sendable {
  case memory, lmdb
}

/// Either of them.
package final class AnyLog: EventLog {
  private enum Base: Sendable {
    case memory(MemoryLog)
    case lmdb(LMDBLog)
  }

  private let base: Base

  package init(_ log: MemoryLog) { base = .memory(log) }
  package init(_ log: LMDBLog) { base = .lmdb(log) }

  /// The log on disk, if it is one.
  package var lmdb: LMDBLog? {
    if case .lmdb(let log) = base { log } else { nil }
  }

  package var identity: LogIdentity {
    switch base {
    case .memory(let log): log.identity
    case .lmdb(let log): log.identity
    }
  }

  package func write<U: WriteUnit>(
    waitNanoseconds: Int64, _ unit: inout U
  ) throws(LogError) -> U.Output {
    switch base {
    case .memory(let log): try log.write(waitNanoseconds: waitNanoseconds, &unit)
    case .lmdb(let log): try log.write(waitNanoseconds: waitNanoseconds, &unit)
    }
  }

  package func read<U: ReadUnit>(_ unit: inout U) throws(LogError) -> U.Output {
    switch base {
    case .memory(let log): try log.read(&unit)
    case .lmdb(let log): try log.read(&unit)
    }
  }

  package func refresh() throws(LogError) -> UInt32 {
    switch base {
    case .memory(let log): log.refresh()
    case .lmdb(let log): try log.refresh()
    }
  }
}

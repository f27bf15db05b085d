internal import Configuration
internal import Engine
internal import Events
internal import Glibc

/// Prints events as they are stored, until the reader goes away or the process is ended.
struct Following {
  let opened: OpenedLog
  let printer: ReplayPrinter
  let cursor: FollowCursor?

  func run(_ first: Query) throws(LogError) -> ExitCode {
    var query = first
    if let cursor, let next = try cursor.load(end: try opened.engine.head().position.next) {
      goOn(&query, from: next)
    }
    let output = printer.console.output
    let watch = LogWatch(log: opened.location.path)
    let epoch = try opened.engine.refresh(after: nil)
    while true {
      _ = try opened.engine.refresh(after: epoch)
      // A round ends at a head that was read before it: what is stored meanwhile is for the next.
      let end = min(query.to, try opened.engine.head().position)
      var round = query
      round.to = end
      try printer.print(round)
      let next = end.next
      output.flush()
      guard output.failure == nil else { return .done }
      if let cursor, next > query.from { try cursor.save(next) }
      goOn(&query, from: next)
      if query.from > query.to { return .done }
      guard watch.wait(reader: STDOUT_FILENO) else { return .done }
    }
  }

  /// From here on everything new is wanted: the start and count were for the first round.
  private func goOn(_ query: inout Query, from next: Position) {
    query.from = max(query.from, next)
    query.since = query.clock == .log ? nil : query.since
    query.last = nil
  }
}

package import Events

/// The events of a query, and then those to come, as an asynchronous sequence of whole events.
///
/// A feed reads like any other reader: whoever follows it and fails, or stands still, holds up no
/// append and no snapshot. It ends when its task is cancelled. To go on later from where one
/// stopped, keep the position of the last event that was dealt with and ask from the next one on:
/// each event comes at least once.
package struct EventFeed<Log: EventLog>: AsyncSequence {
  package typealias Element = Event
  package typealias Failure = LogError

  fileprivate let engine: Engine<Log>
  fileprivate let query: Query
  /// How long to wait before looking again when there is nothing new.
  fileprivate let pauseNanoseconds: UInt64

  package func makeAsyncIterator() -> Iterator { Iterator(feed: self) }

  /// Walks a feed.
  package struct Iterator: AsyncIteratorProtocol {
    private let feed: EventFeed
    private var next: Position
    /// Events that were read and not yet handed out, newest first.
    private var waiting: [Event] = []
    private var epoch: UInt32?

    fileprivate init(feed: EventFeed) {
      self.feed = feed
      next = feed.query.from
    }

    package mutating func next() async throws -> Event? { try await next(isolation: nil) }

    package mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(LogError) -> Event? {
      while true {
        if let event = waiting.popLast() { return event }
        guard next <= feed.query.to, !Task.isCancelled else { return nil }
        if try !read() {
          do { try await Task.sleep(nanoseconds: feed.pauseNanoseconds) } catch { return nil }
        }
      }
    }

    /// Reads the next stretch; false when there was nothing new.
    private mutating func read() throws(LogError) -> Bool {
      epoch = try feed.engine.refresh(after: epoch)
      var stretch = ForwardStretch(
        query: feed.query, start: next, collector: CollectedEvents())
      try feed.engine.log.read(&stretch)
      waiting = stretch.collector.events.reversed()
      defer { next = stretch.end }
      return stretch.end > next
    }
  }
}

extension Engine {
  /// Goes on with the log's files as they are now, for one who has read positions of `epoch`.
  ///
  /// Throws `unsafe` when the log was restored since: the same positions may be other events.
  ///
  /// - Returns: the epoch.
  package func refresh(after epoch: UInt32?) throws(LogError) -> UInt32 {
    let now = try log.refresh()
    guard now == epoch ?? now else {
      throw LogError(
        .unsafe, "the log was restored from a backup: positions may be other events now",
        expected: "epoch \(epoch ?? now)", actual: "epoch \(now)",
        hint: "Look at `uetlog stats`, then start again from a position that is still right")
    }
    return now
  }

  /// The events of a query in order, going on with new ones as they are stored.
  ///
  /// - Parameter pauseNanoseconds: how often to look when nothing happens.
  package func feed(
    _ query: Query = Query(), pauseNanoseconds: UInt64 = 20_000_000
  ) -> EventFeed<Log> {
    EventFeed(engine: self, query: query, pauseNanoseconds: pauseNanoseconds)
  }
}

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
  /// The events of a query in order, going on with new ones as they are stored.
  ///
  /// - Parameter pauseNanoseconds: how often to look when nothing happens.
  package func feed(
    _ query: Query = Query(), pauseNanoseconds: UInt64 = 20_000_000
  ) -> EventFeed<Log> {
    EventFeed(engine: self, query: query, pauseNanoseconds: pauseNanoseconds)
  }
}

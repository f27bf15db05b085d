internal import Bytes
internal import Engine
internal import EventLog
internal import Events

extension Log {
  /// Which events are wanted: all conditions must hold.
  public struct Filter: Hashable, Sendable {
    /// The first position.
    public var from: UInt64 = 1
    /// The last position; without it the sequence goes on for ever.
    public var to: UInt64?
    public var stream: String?
    /// The text before the first `-` of the stream: `patch`, `worker`.
    public var category: String?
    /// Any of these types; empty for all.
    public var types: [String] = []
    /// A run's ULID.
    public var run: String?
    public var source: String?
    public var correlationID: String?

    /// All events.
    public init() {}
  }

  /// Events in the order of their positions, and then those to come.
  ///
  /// Each event is there whole. Whoever iterates and fails, or stands still, holds up no append.
  /// To go on later, keep the position of the last event that was dealt with and ask `from` the
  /// next one: each comes at least once. It ends at `Filter.to`, or when its task is cancelled.
  public struct Events: AsyncSequence, Sendable {
    public typealias Element = Event
    public typealias Failure = Log.Failure

    let log: Log
    let filter: Filter

    /// Begins at the filter's first position.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Walks the events.
    public struct Iterator: AsyncIteratorProtocol {
      private let walk: Walk

      init(_ events: Events) { walk = Walk(events) }

      /// The next event; waits for one.
      public mutating func next() async throws -> Event? { try await next(isolation: nil) }

      /// The next event; waits for one.
      public mutating func next(
        isolation actor: isolated (any Actor)?
      ) async throws(Log.Failure) -> Event? {
        do throws(LogError) { return try await walk.next(isolation: actor).map { Event($0) } } catch
        {
          throw Log.Failure(error)
        }
      }
    }
  }

  /// The events that pass a filter, in order, going on with new ones as they are stored.
  public func events(_ filter: Filter = Filter()) -> Events {
    Events(log: self, filter: filter)
  }
}

/// What an iterator holds, behind a reference: other packages can't see how large the engine's
/// types are.
final class Walk {
  private var feed: EventFeed<LMDBLog>.Iterator?
  private var failure: LogError?

  init(_ events: Log.Events) {
    do throws(LogError) {
      feed = events.log.engine.feed(try events.filter.query()).makeAsyncIterator()
    } catch {
      failure = error
    }
  }

  func next(isolation actor: isolated (any Actor)?) async throws(LogError) -> StoredEvent? {
    if let failure { throw failure }
    return try await feed?.next(isolation: actor)
  }
}

extension Log.Filter {
  /// The engine's form of it.
  func query() throws(LogError) -> Query {
    var query = Query()
    query.from = Position(Swift.max(from, 1))
    if let to { query.to = Position(to) }
    if let stream {
      guard let name = Name(stream) else {
        throw LogError(.badInput, "\"\(stream)\" can't be the name of a stream")
      }
      query.stream = name
    }
    query.category = category
    query.types = types
    if let run { query.runID = try ULID.parse(run, field: "run_id") }
    query.source = source
    query.correlationID = correlationID
    return query
  }
}

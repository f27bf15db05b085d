package import Bytes
package import Events

/// Which events a replay shows, and in which order.
///
/// All conditions must hold.
package struct Query: Hashable, Sendable {
  package var stream: Name?
  package var runID: ULID?
  /// The text before the first `-` of the stream.
  package var category: String?
  /// Any of these types; empty for all.
  package var types: [String] = []
  package var source: String?
  package var labels: [Label] = []
  package var correlationID: String?
  /// The first and last position to show.
  package var from: Position = Position(1)
  package var to: Position = Position(.max)
  /// The first and last moment to show, by the log's clock or the sources'.
  package var since: Timestamp?
  package var until: Timestamp?
  package var clock = ClockChoice.log
  /// Newest first.
  package var isBackwards = false
  /// At most this many; with `isLast` the newest ones, in the usual order.
  package var last: Int?

  package init() {}

  /// Which of an event's two times conditions mean.
  package enum ClockChoice: String, Sendable { case log, source }
}

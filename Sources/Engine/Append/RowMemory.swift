package import Events
internal import Synchronization

/// Keeps the rows of one transaction for the next one of the same writer.
///
/// They are the log's rows only as long as nobody else wrote: the number of the next transaction
/// tells, and the head, because a compaction counts transactions anew. Whoever takes them has them
/// alone, and gives them back after a commit that surely happened; what an aborted transaction did
/// to them so is never seen again.
package final class RowMemory: Sendable {
  /// Beyond this all are dropped: a writer of many streams should not hold them all.
  package static let rowCountMax = 8192

  private struct Kept {
    var rows: RowCache
    /// The transaction after which the log's rows are these.
    var transaction: UInt64
    var head: Head
  }

  private let kept = Mutex<Kept?>(nil)

  package init() {}

  /// The rows as transaction `number` finds them; none when another one was in between.
  package func take(for number: UInt64, at head: Head) -> RowCache {
    let last = kept.withLock { $0.take() }
    guard let last, number == last.transaction &+ 1, head == last.head else { return RowCache() }
    return last.rows
  }

  /// Keeps rows that transaction `number` committed.
  package func keep(_ rows: consuming RowCache, after number: UInt64, at head: Head) {
    guard rows.count <= Self.rowCountMax else { return }
    let fresh = Kept(rows: rows, transaction: number, head: head)
    kept.withLock { $0 = fresh }
  }
}

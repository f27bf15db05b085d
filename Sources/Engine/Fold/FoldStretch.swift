package import Events
internal import Pipeline

/// Takes the next events out of a log: as many as may be read in one go, so that no snapshot is
/// held for long.
private struct DecodeStretch: ReadUnit {
  var decoder: FoldDecoder
  var next: Position
  /// The last event to take out.
  let end: Position

  /// Small enough that what one thread writes the other finds in the processor's cache.
  private static let recordCountMax = 2000
  private static let byteCountMax = 1 << 20

  /// Whether there is more to take out.
  mutating func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Bool {
    var hasMore = false
    var left = Self.recordCountMax
    decoder.batch = FoldBatch()
    decoder.batch.events.reserveCapacity(left)
    try tables.scan(from: next) { (position, record) throws(LogError) in
      guard position <= end else { return false }
      guard left > 0, decoder.batch.byteCount < Self.byteCountMax else {
        hasMore = true
        return false
      }
      left -= 1
      next = position.next
      try decoder.take(record.envelope, record.payloadBytes, at: position, from: tables)
      return true
    }
    return hasMore
  }
}

/// For how many rows a fold makes room: as many as the log has names.
private struct CountRows: ReadUnit {
  /// Beyond that it takes room as it goes: the number comes from the file.
  private static let countMax = 1 << 20

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Int { min(try tables.nameCount(), Self.countMax) }
}

/// Takes a batch into a fold.
private struct FoldStretch: ReadUnit {
  var folder: Folder
  var batch = FoldBatch()

  mutating func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) { try folder.take(batch, from: tables) }
}

/// How far a long piece of work is: events done, and events in all.
package typealias Progress = (_ done: Position, _ total: Position) -> Void

extension Engine {
  /// Folds the log from its first event to a position (its end when that is later), in short
  /// reads.
  package func fold(
    to end: Position = Position(.max), progress: Progress = { _, _ in }
  ) throws(LogError) -> Folder {
    var folder = Folder(catalog: catalog, rules: rules)
    var count = CountRows()
    folder.reserve(min(try log.read(&count), Int(clamping: end.rawValue)))
    return try fold(folder, to: end, progress: progress)
  }

  /// Takes a fold on to a later position.
  ///
  /// One thread reads and decodes, this one folds. Between them are at most two batches.
  func fold(
    _ folder: consuming Folder, to end: Position = Position(.max),
    progress: Progress = { _, _ in }
  ) throws(LogError) -> Folder {
    let total = min(end, try head().position)
    let first = folder.position.next
    var stretch = FoldStretch(folder: folder)
    let queue = BoundedQueue<FoldBatch>(countMax: 2)
    let (log, catalog) = (log, catalog)
    let reading = try Thread.start {
      var stretch = DecodeStretch(
        decoder: FoldDecoder(catalog: catalog), next: first, end: total)
      do throws(LogError) {
        var hasMore = true
        while hasMore {
          hasMore = try log.read(&stretch)
          guard queue.put(stretch.decoder.batch) else { return }
        }
        queue.finish(.success(()))
      } catch { queue.finish(.failure(error)) }
    }
    // Joined, so that nobody holds the log when this returns.
    defer {
      queue.abandon()
      reading.join()
    }
    while let batch = try queue.take() {
      stretch.batch = batch
      try log.read(&stretch)
      progress(stretch.folder.position, total)
    }
    return stretch.folder
  }
}

extension Catalog {
  /// Makes a user's type known that the log has and this process has not used yet.
  func learn(
    _ type: String, from tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard try definition(type) == nil, let bytes = try tables.value(SchemaRegistry.key(type))
    else { return }
    try add(type, bytes, origin: "schema of \(type) in the log")
  }
}

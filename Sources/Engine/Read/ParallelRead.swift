internal import Events

/// Blocks of positions that threads read by turns, each into a queue of its own.
///
/// Positions have no gaps, so that blocks of them are about as much work, and the turns make the
/// order: no thread waits for another but for room.
private struct Blocks {
  static let positionCount: UInt64 = 1024
  static let threadCountMax = 4
  /// At most this many stretches wait in each queue.
  static let waitingCountMax = 2

  let first: UInt64
  let last: UInt64

  /// How many there are; 0 when nothing is to be read.
  var count: Int {
    guard first <= last else { return 0 }
    return Int(clamping: (last - first) / Self.positionCount) + 1
  }

  subscript(index: Int) -> ClosedRange<Position> {
    let start = first + UInt64(index) * Self.positionCount
    return Position(start)...Position(min(last, start + Self.positionCount - 1))
  }
}

extension Engine {
  /// Reads the events of a query, oldest first, and hands them out stretch by stretch.
  ///
  /// Long queries are read on all processors; the stretches come in order all the same. No snapshot
  /// is held while `body` runs.
  ///
  /// - Parameters:
  ///   - make: makes what takes up the records of a stretch.
  ///   - body: false to stop.
  /// - Returns: the position after the last record that was looked at.
  func read<Collector>(
    _ query: Query, into make: @escaping @Sendable () -> Collector,
    _ body: (ForwardStretch<Collector>) throws(LogError) -> Bool
  ) throws(LogError) -> Position {
    let threadCount = min(Thread.processorCount, Blocks.threadCountMax)
    // What is appended meanwhile is left to the next call.
    let last = min(query.to, try head().position).rawValue
    let blocks = Blocks(first: query.from.rawValue, last: last)
    guard threadCount > 1, query.last == nil, blocks.count >= 2 * threadCount else {
      return try readAlone(query, into: make, body)
    }
    return try read(query, blocks, threadCount, into: make, body)
  }

  private func readAlone<Collector>(
    _ query: Query, into make: () -> Collector,
    _ body: (ForwardStretch<Collector>) throws(LogError) -> Bool
  ) throws(LogError) -> Position {
    var left = query.last ?? .max
    var start: Position? = query.from
    var end = query.from
    while let from = start, left > 0 {
      var stretch = ForwardStretch(query: query, start: from, countMax: left, collector: make())
      try log.read(&stretch)
      left -= stretch.count
      end = max(end, stretch.end)
      guard try body(stretch) else { return end }
      start = stretch.next
    }
    return end
  }

  private func read<Collector>(
    _ query: Query, _ blocks: Blocks, _ threadCount: Int,
    into make: @escaping @Sendable () -> Collector,
    _ body: (ForwardStretch<Collector>) throws(LogError) -> Bool
  ) throws(LogError) -> Position {
    let log = log
    var queues: [BoundedQueue<ForwardStretch<Collector>>] = []
    var threads: [Thread] = []
    // Joined, so that nobody holds the log when this returns.
    defer {
      for queue in queues { queue.abandon() }
      for thread in threads { thread.join() }
    }
    for turn in 0..<threadCount {
      let queue = BoundedQueue<ForwardStretch<Collector>>(countMax: Blocks.waitingCountMax)
      let thread = try Thread.start {
        do throws(LogError) {
          for index in stride(from: turn, to: blocks.count, by: threadCount) {
            guard try readBlock(query, blocks[index], of: log, into: make, queue) else { return }
          }
          queue.finish(.success(()))
        } catch { queue.finish(.failure(error)) }
      }
      queues.append(queue)
      threads.append(thread)
    }
    var end = query.from
    for index in 0..<blocks.count {
      while let stretch = try queues[index % threadCount].take() {
        end = stretch.end
        guard try body(stretch) else { return end }
        guard stretch.next != nil else { break }
      }
    }
    return end
  }
}

/// Reads one block; false when nobody takes the stretches any more.
private func readBlock<Collector>(
  _ query: Query, _ block: ClosedRange<Position>, of log: some EventLog,
  into make: () -> Collector, _ queue: BoundedQueue<ForwardStretch<Collector>>
) throws(LogError) -> Bool {
  var part = query
  part.to = block.upperBound
  var start: Position? = block.lowerBound
  while let from = start {
    var stretch = ForwardStretch(query: part, start: from, collector: make())
    try log.read(&stretch)
    start = stretch.next
    guard queue.put(stretch) else { return false }
  }
  return true
}

internal import EventLog
internal import Events
internal import Glibc
internal import Synchronization
internal import TestSupport
import Testing

/// The queue for a directory's lock; each `LockQueue` here is as one of a process of its own.
@Suite struct LockQueueTests {
  private static let second: Int64 = 1_000_000_000
  private static let long = 600 * second

  private final class Place: Sendable {
    let directory: TemporaryDirectory
    private let served = Mutex<[Int]>([])
    private let inside = Atomic<Int>(0)
    private let seen = Mutex<[Int]>([])

    init() throws { directory = try TemporaryDirectory() }

    func queue(courtesy: Int64 = LockQueue.courtesyNanoseconds) -> LockQueue {
      let descriptor = unsafe Glibc.open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      return LockQueue(descriptor: descriptor, courtesyNanoseconds: courtesy)
    }

    /// How many stand in the kernel's queue.
    ///
    /// A line may be shown twice while others come and go, so two readings must agree.
    var waitingCount: Int {
      get throws {
        var (count, before) = (try linesCount, -1)
        while count != before { (before, count) = (count, try linesCount) }
        return count
      }
    }

    private var linesCount: Int {
      get throws {
        var status = stat()
        try #require(unsafe lstat(directory.path, &status) == 0)
        let node = ":\(status.st_ino) "
        return String(decoding: Self.locks(), as: UTF8.self)
          .split(separator: "\n").count { $0.contains("-> FLOCK") && $0.contains(node) }
      }
    }

    /// What the system says of all locks: a file that does not tell its size.
    private static func locks() -> [UInt8] {
      let descriptor = unsafe Glibc.open("/proc/locks", O_RDONLY | O_CLOEXEC)
      defer { close(descriptor) }
      var (text, block) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
      let room = block.count
      while case let count = unsafe read(descriptor, &block, room), count > 0 {
        text += block[..<count]
      }
      return text
    }

    func waitUntil(_ isTrue: () throws -> Bool) rethrows {
      while try !isTrue() { sched_yield() }
    }

    /// Starts a thread that waits for the lock, says so and gives it back; returns when it waits.
    func start(_ number: Int, _ queue: LockQueue, wait: Int64 = long) throws -> Thread {
      let before = try waitingCount
      let thread = try Thread.start { [self] in
        guard queue.take(waitNanoseconds: wait) else { return }
        served.withLock { $0.append(number) }
        queue.giveBack()
      }
      try waitUntil { try waitingCount > before }
      return thread
    }

    var order: [Int] { served.withLock { $0 } }

    /// Notes how many others are inside at the same time.
    func enter() {
      let others = inside.add(1, ordering: .sequentiallyConsistent).oldValue
      sched_yield()
      inside.subtract(1, ordering: .sequentiallyConsistent)
      seen.withLock { $0.append(others) }
    }

    var entered: [Int] { seen.withLock { $0 } }
  }

  @Test func `who waits is served in turn`() throws {
    let place = try Place()
    let holder = place.queue()
    try #require(holder.tryTake())
    let threads = try (0..<12).map { try place.start($0, place.queue()) }
    holder.giveBack()
    for thread in threads { thread.join() }
    #expect(place.order == Array(0..<12))
  }

  @Test func `who leaves the queue and comes again stands at its end`() throws {
    // The control of the test above: there is an order to be seen.
    let place = try Place()
    let holder = place.queue()
    try #require(holder.tryTake())
    #expect(!place.queue().take(waitNanoseconds: Self.second / 100))
    let threads = try [1, 2, 3, 0].map { try place.start($0, place.queue()) }
    holder.giveBack()
    for thread in threads { thread.join() }
    #expect(place.order == [1, 2, 3, 0])
  }

  @Test func `a waiter who gave up holds nobody up, and may come back`() throws {
    let place = try Place()
    let (holder, impatient) = (place.queue(), place.queue())
    for _ in 0..<20 {
      try #require(holder.take(waitNanoseconds: Self.long))
      #expect(!impatient.take(waitNanoseconds: Self.second / 1000))
      #expect(!impatient.tryTake())
      holder.giveBack()
      // The thread that was left behind has the lock, if at all, only to give it back.
      try #require(impatient.take(waitNanoseconds: Self.long))
      #expect(!holder.tryTake())
      impatient.giveBack()
    }
  }

  @Test func `who does not wait is not made to`() throws {
    let place = try Place()
    let (holder, other) = (place.queue(), place.queue())
    #expect(holder.take(waitNanoseconds: 0))
    #expect(!other.take(waitNanoseconds: 0))
    #expect(!other.take(waitNanoseconds: -1))
    #expect(try place.waitingCount == 0)
    holder.giveBack()
    #expect(other.take(waitNanoseconds: 0))
  }

  @Test func `who has just had the lock leaves it to those who wait`() throws {
    let place = try Place()
    let polite = place.queue(courtesy: Self.long)
    try #require(polite.tryTake())
    #expect(!polite.isWanted)
    polite.giveBack()
    // Nobody waits.
    try #require(polite.tryTake())
    let waiter = try place.start(1, place.queue())
    #expect(polite.isWanted)
    polite.giveBack()
    waiter.join()
    #expect(!polite.isWanted)
    try #require(polite.tryTake())
  }

  @Test func `as long as somebody waits, who has just had the lock does not take it`() throws {
    let place = try Place()
    let (polite, rude) = (place.queue(courtesy: Self.long), place.queue(courtesy: 0))
    for queue in [polite, rude] {
      try #require(queue.take(waitNanoseconds: 0))
      queue.giveBack()
    }
    // One who shows that it waits, and sleeps: its lock is never tried for.
    let sleeper = place.queue()
    sleeper.show(isWaiting: true)
    #expect(!polite.tryTake())
    #expect(rude.tryTake())
    rude.giveBack()
    // A courtesy is not a promise: it has an end, and a deadline goes before.
    #expect(polite.take(waitNanoseconds: 0))
    polite.giveBack()
    sleeper.show(isWaiting: false)
    #expect(polite.tryTake())
  }

  @Test func `threads of one process exclude each other, and wait for each other`() throws {
    let place = try Place()
    let queue = place.queue()
    try #require(queue.tryTake())
    #expect(!queue.tryTake())
    #expect(!queue.take(waitNanoseconds: Self.second / 1000))
    let threads = try (0..<6).map { _ in
      try Thread.start {
        guard queue.take(waitNanoseconds: Self.long) else { return }
        place.enter()
        queue.giveBack()
      }
    }
    #expect(place.entered == [])
    queue.giveBack()
    for thread in threads { thread.join() }
    #expect(place.entered == Array(repeating: 0, count: 6))
  }
}

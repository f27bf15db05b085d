internal import Engine
internal import EventLog
internal import Events
internal import Glibc
internal import TestSupport
import Testing

/// What a writer of a group holds of the system, and that it gives it back.
@Suite struct GroupResourceTests {
  /// How many descriptors and mappings of a file this process has.
  private struct Held: Equatable {
    var descriptors = 0
    var mappings = 0

    init(descriptors: Int, mappings: Int) {
      (self.descriptors, self.mappings) = (descriptors, mappings)
    }

    init(of path: String) throws {
      for name in Files.names(in: "/proc/self/fd") {
        var target = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/fd/" + name, &target, target.count)
        guard count > 0 else { continue }
        // One that was deleted has that behind its name.
        let bytes = target[..<count].map { UInt8(bitPattern: $0) }
        if bytes.starts(with: path.utf8) { descriptors += 1 }
      }
      for line in try Self.maps().split(separator: 0x0A) {
        if String(decoding: line, as: UTF8.self).contains(" " + path) { mappings += 1 }
      }
    }

    private static func maps() throws -> [UInt8] {
      let descriptor = unsafe Glibc.open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
      defer { close(descriptor) }
      var (all, block) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
      while true {
        let count = unsafe Glibc.read(descriptor, &block, block.count)
        try #require(count >= 0)
        if count == 0 { return all }
        all += block[..<count]
      }
    }

    static let none = Held(descriptors: 0, mappings: 0)
    static let one = Held(descriptors: 1, mappings: 1)
  }

  private static func slots(_ directory: TemporaryDirectory) -> String {
    directory("log/" + SlotFile.name)
  }

  /// A log in a directory that lives longer than all that have it open.
  private static func made() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try LMDBLog.create(directory("log"), identity: Bench.identity)
    return directory
  }

  /// Opens the log, appends in a group, and closes it again.
  private static func visit(
    _ directory: TemporaryDirectory, _ member: GroupMember = GroupMember(),
    during check: () throws -> Void = {}
  ) throws {
    let bench = try Bench(.memory)
    let engine = Bench.engine(try LMDBLog(opening: directory("log")), bench)
    var options = AppendOptions()
    options.group = member
    let draft = try bench.draft(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    let outcomes = try engine.append([engine.prepare(draft)], options)
    #expect(outcomes.count == 1)
    try check()
  }

  @Test func `a writer that closes its log holds nothing of it any more`() throws {
    let directory = try Self.made()
    try Self.visit(directory) {
      let held = try Held(of: Self.slots(directory))
      #expect(held == .one)
    }
    #expect(try Held(of: directory.path) == .none)
    for _ in 0..<20 { try Self.visit(directory) }
    #expect(try Held(of: directory.path) == .none)
    // The control: who keeps its place in the group is seen to.
    let kept = GroupMember()
    try Self.visit(directory, kept)
    withExtendedLifetime(kept) {
      let held = try? Held(of: Self.slots(directory))
      #expect(held == .one)
    }
  }

  @Test func `a writer that has lost its leaders holds no more than before`() throws {
    var group: GroupFixture? = try GroupFixture()
    let path = try #require(group?.bench.path)
    let before = try Held(of: path)
    // Its own place and that of the one beside it.
    #expect(try Held(of: path + "/" + SlotFile.name) == Held(descriptors: 2, mappings: 2))
    for index in 0..<20 {
      guard let group else { break }
      let draft = try group.prepared("t\(index)")
      // It dies with the draft in hand, with an answer that nobody can read, or too late.
      switch index % 3 {
      case 0: _ = try group.append(draft) { _ in }.get()
      case 1: _ = try group.append(draft) { group.seat.answer($0, [[1, 2, 3]]) }.get()
      default:
        #expect(throws: LogError.self) {
          try group.holding { try group.engine.append([draft], group.options(wait: 1)) }
        }
      }
      #expect(try Held(of: path) == before)
    }
    group = nil
    #expect(try Held(of: path) == .none)
  }

  @Test func `who follows a log that was replaced lets the old one go`() throws {
    let directory = try Self.made()
    let member = GroupMember()
    for round in 0..<5 {
      try Self.visit(directory, member)
      #expect(try Held(of: directory.path) == .one, "round \(round)")
      Files.removeTree(directory("log"))
      try LMDBLog.create(directory("log"), identity: Bench.identity)
    }
  }
}

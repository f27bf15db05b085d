internal import EventLog
internal import Glibc
internal import TestSupport
import Testing

/// The slot file and its slots, by themselves.
@Suite struct SlotFileTests {
  /// A directory with as many views of its slot file as one asks for, each as of a process.
  private final class Place {
    let directory: TemporaryDirectory
    let descriptor: Int32

    init() throws {
      directory = try TemporaryDirectory()
      descriptor = unsafe Glibc.open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    deinit { close(descriptor) }

    var file: String { directory(SlotFile.name) }
    func map() throws -> SlotMap { try #require(SlotFile.open(in: descriptor)) }
    func seat() throws -> Seat { try #require(Seat(map())) }

    var node: UInt64 {
      var status = stat()
      return unsafe lstat(file, &status) == 0 ? UInt64(status.st_ino) : 0
    }
  }

  private let request = Array("a request".utf8)

  @Test func `the file is made once and for its owner alone`() throws {
    let place = try Place()
    _ = try place.map()
    let node = place.node
    _ = try place.map()
    #expect(place.node == node)
    #expect(try Files.mode(place.file) == 0o600)
    #expect(Files.names(in: place.directory.path) == [SlotFile.name])
    #expect(try Files.read(place.file).count == 8192 + SlotMap.slotCount * SlotMap.areaByteCount)
  }

  @Test(arguments: [0, 8, 12, 16, 20, 35])
  func `a file of another kind, size of slots or boot is made anew`(offset: Int) throws {
    let place = try Place()
    _ = try place.map()
    let node = place.node
    var bytes = try Files.read(place.file)
    bytes[offset] ^= 1
    try Files.write(place.file, bytes)
    _ = try place.map()
    #expect(place.node != node)
  }

  @Test(arguments: [0, 1, 8192, 100_000])
  func `a file of another length is made anew`(count: Int) throws {
    let place = try Place()
    _ = try place.map()
    let node = place.node
    try Files.truncate(place.file, count)
    _ = try place.map()
    #expect(place.node != node)
  }

  @Test func `what somebody has put in its place is left alone`() throws {
    let place = try Place()
    try place.directory.file("target", "keep")
    #expect(unsafe symlink(place.directory("target"), place.file) == 0)
    #expect(SlotFile.open(in: place.descriptor) == nil)
    #expect(try Files.read(place.directory("target")) == Array("keep".utf8))
    #expect(unsafe unlink(place.file) == 0)
    #expect(unsafe mkfifo(place.file, 0o600) == 0)
    #expect(SlotFile.open(in: place.descriptor) == nil)
    #expect(unsafe unlink(place.file) == 0)
    #expect(unsafe link(place.directory("target"), place.file) == 0)
    #expect(SlotFile.open(in: place.descriptor) == nil)
  }

  @Test func `what was left half made is no hindrance`() throws {
    let place = try Place()
    try place.directory.file(SlotFile.name + ".new", "half")
    _ = try place.map()
    #expect(Files.names(in: place.directory.path) == [SlotFile.name])
  }

  @Test func `there is a seat for each slot, and one that was left is free again`() throws {
    let place = try Place()
    var seats: [Seat] = []
    for _ in 0..<SlotMap.slotCount { seats.append(try place.seat()) }
    #expect(Seat(try place.map()) == nil)
    seats.remove(at: 3)
    _ = try place.seat()
  }

  @Test func `a request is answered by who takes it in hand`() throws {
    let place = try Place()
    let (owner, leader) = (try place.seat(), try place.seat())
    #expect(owner.publish(request))
    var found: [[UInt8]] = []
    let slots = leader.gather {
      found.append($0)
      return true
    }
    #expect(found == [request])
    guard case .waiting = owner.look() else {
      Issue.record("nobody has the request in hand")
      return
    }
    leader.answer(slots, [[1, 2, 3]])
    #expect(owner.look() == .answered([1, 2, 3]))
    #expect(leader.gather { _ in true }.isEmpty)
  }

  @Test func `what is given back, or has no answer, may have been done`() throws {
    let place = try Place()
    let (owner, leader) = (try place.seat(), try place.seat())
    #expect(owner.publish(request))
    #expect(leader.gather { _ in false }.isEmpty)
    #expect(owner.look() == .suspect)
    #expect(owner.publish(request))
    leader.giveBack(leader.gather { _ in true })
    #expect(owner.look() == .suspect)
    #expect(owner.publish(request))
    leader.answer(
      leader.gather { _ in true }, [[UInt8](repeating: 1, count: SlotMap.areaByteCount + 1)])
    #expect(owner.withdraw() == .suspect)
    // The leader is gone.
    #expect(owner.publish(request))
    _ = leader.gather { _ in true }
    #expect(owner.withdraw() == .suspect)
  }

  @Test func `what is withdrawn nobody takes in hand`() throws {
    let place = try Place()
    let (owner, leader) = (try place.seat(), try place.seat())
    for withdraw in [owner.withdraw, owner.tryWithdraw] {
      #expect(owner.publish(request))
      #expect(withdraw() == .withdrawn)
      #expect(leader.gather { _ in true }.isEmpty)
    }
    #expect(owner.publish(request))
    let slots = leader.gather { _ in true }
    guard case .waiting = owner.tryWithdraw() else {
      Issue.record("it was taken back out of somebody's hand")
      return
    }
    leader.answer(slots, [[7]])
    #expect(owner.tryWithdraw() == .answered([7]))
  }

  @Test func `what a dead writer has put up is not taken in hand`() throws {
    let place = try Place()
    let leader = try place.seat()
    do {
      let owner = try place.seat()
      #expect(owner.publish(request))
    }
    var owner: Seat? = try place.seat()
    #expect(leader.gather { _ in true }.isEmpty)
    #expect(owner?.publish(request) == true)
    #expect(leader.gather { _ in true }.count == 1)
    owner = nil
  }

  @Test func `bytes that are not what was written are given back`() throws {
    let place = try Place()
    let (owner, leader) = (try place.seat(), try place.seat())
    // The first slot: a length that is too large, another length, another checksum, other bytes.
    for (offset, byte) in [(4099 + 4, UInt8(0xFF)), (4100, 3), (4104, 0x55), (8192 + 2, 0x55)] {
      #expect(owner.publish(request))
      var bytes = try Files.read(place.file)
      bytes[offset] = byte
      try Files.write(place.file, bytes)
      #expect(leader.gather { _ in true }.isEmpty, "offset \(offset)")
      #expect(owner.look() == .suspect)
    }
    // An answer that was changed.
    #expect(owner.publish(request))
    leader.answer(leader.gather { _ in true }, [[1, 2, 3]])
    var bytes = try Files.read(place.file)
    bytes[8192] = 9
    try Files.write(place.file, bytes)
    #expect(owner.look() == .suspect)
  }

  @Test func `any garbage in the file is survived`() throws {
    try forAll(seed: 4100, count: 50) { generator in
      let place = try Place()
      let (owner, leader) = (try place.seat(), try place.seat())
      #expect(owner.publish(request))
      var bytes = try Files.read(place.file)
      let garbage = generator.bytes(64 * 6)
      bytes.replaceSubrange(4096..<4096 + garbage.count, with: garbage)
      // Some words are states.
      for slot in 0..<6 where generator.chance(2) {
        bytes[4096 + 64 * slot] = UInt8(generator.int(0...5))
      }
      try Files.write(place.file, bytes)
      leader.answer(leader.gather { _ in true }, [[1]])
      if case .waiting = owner.look() { _ = owner.withdraw() }
      #expect(owner.publish(request))
      #expect(owner.withdraw() == .withdrawn)
    }
  }

  @Test func `nothing of a request stays in the file`() throws {
    let place = try Place()
    let (owner, leader) = (try place.seat(), try place.seat())
    func count() throws -> Int {
      let text = String(decoding: try Files.read(place.file)[8192...], as: Unicode.ASCII.self)
      return text.contains("a request") ? 1 : 0
    }
    #expect(owner.publish(request))
    #expect(try count() == 1)
    #expect(owner.withdraw() == .withdrawn)
    #expect(try count() == 0)
    #expect(owner.publish(request))
    leader.answer(leader.gather { _ in true }, [[1]])
    _ = owner.look()
    #expect(try count() == 0)
  }
}

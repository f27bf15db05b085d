internal import Glibc
internal import Pipeline

@testable internal import EventLog

/// The slot file of the slot target, with three writers in it; each as a process of its own would.
final class SlotGround: @unchecked Sendable {
  static let shared = SlotGround()
  /// Shared, so that each schema is compiled once.
  static let catalog = Catalog()

  let leader: Seat
  let other: Seat
  let innocent: Seat
  /// The directory of another slot file, whose front is changed.
  let fronts: Int32
  private let file: Int32
  private let front: Int32
  private let map: SlotMap

  // Places in the file, as `Format.md` has them; the writers took its first slots.
  private static let lastGroup = 64
  private static let slots = 4096
  private static let slotByteCount = 64
  private static let areas = 8192
  private static let otherSlot = 1
  private static let innocentSlot = 2

  private init() {
    let directory = Self.directory("slots")
    guard let map = SlotFile.open(in: directory), let leader = Self.seat(directory),
      let other = Self.seat(directory), let innocent = Self.seat(directory)
    else { fail("can't make a slot file") }
    (self.map, self.leader, self.other, self.innocent) = (map, leader, other, innocent)
    file = unsafe openat(directory, SlotFile.name, O_RDWR | O_CLOEXEC)
    fronts = Self.directory("fronts")
    guard SlotFile.open(in: fronts) != nil else { fail("can't make a slot file") }
    front = fronts
    guard file >= 0 else { fail("can't open a slot file") }
  }

  private static func seat(_ directory: Int32) -> Seat? {
    SlotFile.open(in: directory).flatMap { Seat($0) }
  }

  /// A new directory in memory, which is removed when the process ends.
  private static func directory(_ name: String) -> Int32 {
    let path = FuzzScratch.path + "/" + name
    unsafe mkdir(path, 0o700)
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { fail("can't make \(path)") }
    return descriptor
  }

  /// As if nobody had ever written.
  func clear() {
    for seat in [leader, other, innocent] { _ = seat.withdraw() }
    let zeros = [UInt8](repeating: 0, count: Self.areas - Self.lastGroup)
    write(zeros, at: Self.lastGroup)
  }

  /// Writes anywhere but into the slot and area of who is to be left alone; tells whether anything
  /// was written.
  @discardableResult
  func poke(_ input: inout FuzzInput) -> Bool {
    let count = Int(input.byte() & 7)
    for _ in 0..<count {
      let (kind, slot) = (input.byte(), Int(input.byte()) % SlotMap.slotCount)
      guard slot != Self.innocentSlot else { continue }
      let place = Self.slots + Self.slotByteCount * slot
      switch kind % 6 {
      case 0: write(input.bytes(), at: Self.lastGroup)
      case 1: map.store(UInt32(input.byte() % 8), slot)
      case 2: map.store(UInt32(truncatingIfNeeded: input.number()), slot)
      case 3: write(Array(input.bytes().prefix(Self.slotByteCount)), at: place)
      case 4:
        write(
          Array(input.bytes().prefix(256)),
          at: Self.areas + SlotMap.areaByteCount * slot + Int(input.byte()))
      default: _ = map.write(input.bytes(), slot)
      }
    }
    return count > 0
  }

  /// Changes an answer as one who knows its checksum would.
  func forgeAnswer(_ input: inout FuzzInput) {
    guard input.byte() & 1 == 1, var answer = map.read(Self.otherSlot) else { return }
    input.change(&answer)
    _ = map.write(Array(answer.prefix(SlotMap.areaByteCount)), Self.otherSlot)
    if input.byte() & 1 == 1 { map.store(Seat.State.answered.rawValue, Self.otherSlot) }
  }

  /// Changes the front of the other file, and maybe its length.
  func pokeFront(_ input: inout FuzzInput) {
    let descriptor = unsafe openat(front, SlotFile.name, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { fail("the slot file is gone") }
    defer { close(descriptor) }
    let (place, bytes) = (off_t(input.byte()), input.bytes())
    unsafe bytes.withUnsafeBytes { _ = unsafe pwrite(descriptor, $0.baseAddress, $0.count, place) }
    if input.byte() & 1 == 1 {
      let length = Int(UInt16(truncatingIfNeeded: input.number())) * 32
      promise(ftruncate(descriptor, off_t(length)) == 0, "can't cut the slot file")
    }
  }

  private func write(_ bytes: [UInt8], at place: Int) {
    let count = unsafe bytes.withUnsafeBytes {
      unsafe pwrite(file, $0.baseAddress, $0.count, off_t(place))
    }
    promise(count == bytes.count, "can't write into the slot file")
  }
}

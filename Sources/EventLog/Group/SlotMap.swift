internal import Bytes
internal import CFutex
internal import Glibc

/// A slot file in memory: the only place that touches memory which other processes change.
///
/// Nothing that is in there is believed: lengths are checked against the room, and bytes are copied
/// out once and compared with their checksum before anybody looks at them.
@safe package final class SlotMap: @unchecked Sendable {
  /// What is at the start of the file.
  struct Header: Hashable {
    var magic: UInt64
    var version: UInt32
    var slotCount: UInt32
    var areaByteCount: UInt32
    var bootID: UInt128
  }

  package static let slotCount = 64
  package static let areaByteCount = 16 << 10
  static let byteCount = areas + slotCount * areaByteCount
  // Where things are; `Format.md` has the table.
  private static let lastGroup = 64
  private static let slots = 4096
  private static let slotByteCount = 64
  private static let areas = 8192

  let descriptor: Int32
  private let base: UnsafeMutableRawPointer

  /// Maps an open file, which it closes in the end; nil when that can't be done, and then it is
  /// closed already.
  init?(descriptor: Int32) {
    let protection = PROT_READ | PROT_WRITE
    guard
      let base = unsafe mmap(nil, Self.byteCount, protection, MAP_SHARED, descriptor, 0),
      unsafe base != MAP_FAILED
    else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    unsafe self.base = base
  }

  deinit {
    unsafe munmap(base, Self.byteCount)
    close(descriptor)
  }

  /// The first fields of the file.
  var header: Header {
    var reader = unsafe ByteReader(
      RawSpan(_unsafeStart: base, byteCount: Self.lastGroup))
    return Header(
      magic: reader.integer(UInt64.self), version: reader.integer(UInt32.self),
      slotCount: reader.integer(UInt32.self), areaByteCount: reader.integer(UInt32.self),
      bootID: reader.integer(UInt128.self))
  }

  /// How many writers the last group had.
  var lastGroup: UInt32 {
    get { unsafe uetlog_load(word(at: Self.lastGroup)) }
    set { unsafe uetlog_store(word(at: Self.lastGroup), newValue) }
  }

  /// A slot's word, on which its owner sleeps.
  func word(_ slot: Int) -> UInt32 { unsafe uetlog_load(word(of: slot)) }

  func store(_ value: UInt32, _ slot: Int) { unsafe uetlog_store(word(of: slot), value) }

  /// Puts a word in the place of an expected one; false when another is there.
  func replace(_ expected: UInt32, by value: UInt32, _ slot: Int) -> Bool {
    unsafe uetlog_replace(word(of: slot), expected, value)
  }

  /// Sleeps while the word has a value, at most so long.
  func wait(_ slot: Int, while value: UInt32, nanoseconds: Int64) {
    unsafe uetlog_wait(word(of: slot), value, max(nanoseconds, 0))
  }

  func wake(_ slot: Int) { unsafe uetlog_wake(word(of: slot)) }

  /// Takes a slot for this descriptor, for as long as it is open; false when another has it.
  func take(_ slot: Int) -> Bool { uetlog_lock_byte(descriptor, Int64(offset(of: slot))) }

  /// Whether a living process other than this one has the slot.
  func isTaken(_ slot: Int) -> Bool { uetlog_byte_is_locked(descriptor, Int64(offset(of: slot))) }

  /// Copies a slot's bytes; nil when they are not what somebody has written.
  func read(_ slot: Int) -> [UInt8]? {
    // Once: what is compared must be what is used.
    let count = Int(unsafe uetlog_load(word(at: offset(of: slot) + 4)))
    guard count <= Self.areaByteCount else { return nil }
    var reader = unsafe ByteReader(
      RawSpan(_unsafeStart: base + offset(of: slot) + 8, byteCount: 8))
    let checksum = reader.integer(UInt64.self)
    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: area(slot), count: count))
    return Digest.sha256(of: bytes).prefix64 == checksum ? bytes : nil
  }

  /// Puts bytes into a slot; false when they are too many.
  func write(_ bytes: [UInt8], _ slot: Int) -> Bool {
    guard bytes.count <= Self.areaByteCount else { return false }
    unsafe bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe area(slot).copyMemory(from: start, byteCount: bytes.count)
    }
    var front: [UInt8] = []
    front.append(littleEndian: UInt32(clamping: bytes.count))
    front.append(littleEndian: Digest.sha256(of: bytes).prefix64)
    unsafe front.withUnsafeBytes { front in
      guard let start = front.baseAddress else { return }
      unsafe (base + offset(of: slot) + 4).copyMemory(from: start, byteCount: front.count)
    }
    return true
  }

  /// Overwrites what a slot has had: payloads don't stay there.
  func erase(_ slot: Int, byteCount: Int) {
    unsafe memset(area(slot), 0, min(max(byteCount, 0), Self.areaByteCount))
  }

  private func offset(of slot: Int) -> Int {
    precondition((0..<Self.slotCount).contains(slot))
    return Self.slots + slot * Self.slotByteCount
  }

  private func word(of slot: Int) -> UnsafeMutablePointer<UInt32> {
    unsafe word(at: offset(of: slot))
  }

  private func word(at offset: Int) -> UnsafeMutablePointer<UInt32> {
    unsafe (base + offset).assumingMemoryBound(to: UInt32.self)
  }

  private func area(_ slot: Int) -> UnsafeMutableRawPointer {
    precondition((0..<Self.slotCount).contains(slot))
    return unsafe base + Self.areas + slot * Self.areaByteCount
  }
}

extension SlotMap.Header {
  /// The header of a file that is made now.
  static var current: SlotMap.Header {
    SlotMap.Header(
      magic: 0x544F_4C53_5445_5521, version: 1, slotCount: UInt32(SlotMap.slotCount),
      areaByteCount: UInt32(SlotMap.areaByteCount), bootID: currentBoot)
  }

  var encoded: [UInt8] {
    var out: [UInt8] = []
    out.append(littleEndian: magic)
    out.append(littleEndian: version)
    out.append(littleEndian: slotCount)
    out.append(littleEndian: areaByteCount)
    out.append(littleEndian: bootID)
    return out
  }

  /// The system's name for the time since it was started; 0 when it has none.
  private static var currentBoot: UInt128 {
    let descriptor = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var text = [UInt8](repeating: 0, count: 64)
    let room = text.count
    let count = unsafe Glibc.read(descriptor, &text, room)
    return count > 0 ? Digest.sha256(of: Array(text[..<count])).prefix128 : 0
  }
}

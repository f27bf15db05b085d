internal import Glibc

/// An input that is read piece by piece; behind its end there are zeros.
struct FuzzInput {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  mutating func number() -> UInt64 {
    (0..<8).reduce(UInt64(0)) { number, _ in number << 8 | UInt64(byte()) }
  }

  /// Up to 255 bytes behind their number.
  mutating func bytes() -> [UInt8] {
    let count = Int(byte())
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  mutating func text() -> String { String(decoding: bytes(), as: UTF8.self) }

  /// Changes, inserts and removes some of other bytes.
  mutating func change(_ bytes: inout [UInt8]) {
    for _ in 0..<Int(byte() & 7) {
      let kind = byte()
      let place = Int(UInt16(byte()) << 8 | UInt16(byte())) % (bytes.count + 1)
      switch kind % 4 {
      case 0:
        for (index, byte) in self.bytes().enumerated() where place + index < bytes.count {
          bytes[place + index] = byte
        }
      case 1: bytes.insert(contentsOf: self.bytes(), at: place)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int(byte())))
      default: bytes.removeSubrange(place...)
      }
    }
  }
}

/// Where targets have files: in memory, and gone when the process is.
enum FuzzScratch {
  static let path: String = {
    let memory = "/dev/shm"
    var template = Array("\(memory)/uetlog-fuzz.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { fail("can't make a directory in \(memory)") }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    atexit { FuzzScratch.remove() }
    return path
  }()

  private static func remove() {
    for directory in ["slots", "fronts"] {
      for name in ["group.slots", "group.slots.new"] {
        unsafe unlink(path + "/" + directory + "/" + name)
      }
      unsafe rmdir(path + "/" + directory)
    }
    for name in ["data.mdb", "lock.mdb", "fuzzed"] { unsafe unlink(path + "/" + name) }
    unsafe rmdir(path)
  }
}

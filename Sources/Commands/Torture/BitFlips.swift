internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Glibc

/// Copies of the log in each of which one bit of the data file is flipped.
///
/// `verify` must find it, or the log must still say the same, byte for byte.
struct BitFlips {
  private let ground: TortureGround
  private let whole: String
  private let export: [UInt8]
  private let byteCount: Int
  private var chance: SeededEntropy
  private(set) var found = 0
  private(set) var harmless = 0
  private(set) var complaints: [String] = []

  var count: Int { found + harmless + complaints.count }

  init(_ ground: TortureGround, seed: UInt64, _ here: Surroundings) throws(LogError) {
    self.ground = ground
    chance = SeededEntropy(seed: ~seed)
    whole = ground.path + "/whole"
    _ = try OpenedLog(reading: ground.log, here).engine.log.backUp(to: whole)
    export = try ground.run(Self.export(of: whole)).output
    var status = stat()
    guard unsafe stat(whole + "/" + Self.dataFile, &status) == 0 else {
      throw LogError(.system, "can't look at the copy in \(ground.path)")
    }
    byteCount = Int(status.st_size)
  }

  private static let dataFile = "data.mdb"

  private static func export(of log: String) -> [String] {
    ["replay", "--format", "jsonl", "--log", log]
  }

  /// Flips one bit in a fresh copy and looks what verify says.
  mutating func flip() throws(LogError) {
    let copy = ground.path + "/flipped"
    defer { Directory.remove(copy) }
    guard unsafe mkdir(copy, 0o700) == 0 else {
      throw LogError(.cannotWrite, "can't make \(copy)")
    }
    for name in Directory.names(in: whole) where name != "lock.mdb" {
      try Directory.copy(file: name, from: whole, to: copy)
    }
    let offset = Int(chance.next() % UInt64(byteCount))
    let bit = UInt8(1) << UInt8(truncatingIfNeeded: chance.next() % 8)
    try Self.flip(bit, at: offset, of: copy + "/" + Self.dataFile)
    switch try ground.run(["verify", "--log", copy]).code {
    case ExitCode.unsafe.rawValue: found += 1
    case 0 where try ground.run(Self.export(of: copy)).output == export: harmless += 1
    case let code:
      complaints.append("bit \(bit) of byte \(offset): verify ended with \(code) and says nothing")
    }
  }

  private static func flip(_ bit: UInt8, at offset: Int, of file: String) throws(LogError) {
    let descriptor = unsafe open(file, O_RDWR | O_CLOEXEC)
    defer { close(descriptor) }
    var byte: UInt8 = 0
    guard descriptor >= 0, unsafe pread(descriptor, &byte, 1, offset) == 1 else {
      throw LogError(.system, "can't read \(file)")
    }
    byte ^= bit
    guard unsafe pwrite(descriptor, &byte, 1, offset) == 1 else {
      throw LogError(.cannotWrite, "can't write \(file)")
    }
  }
}

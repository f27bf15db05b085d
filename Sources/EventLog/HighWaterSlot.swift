package import Bytes
package import Events
internal import Glibc
internal import Merkle

/// The head as this machine last saw it, kept outside of the log.
///
/// It tells a log that was rolled
/// back (a lost write, an old copy put in place) from one that is whole. A valid tree can't.
///
/// One file for each log id and data file, so that a copy of a log is known as a copy.
package final class HighWaterSlot: Sendable {
  /// What a slot says.
  package struct Mark: Hashable, Sendable {
    package var position: Position
    package var root: Digest
    package var epoch: UInt32
    /// Whether a restore has put the log aside: another one goes on in its place.
    package var isAside = false
  }

  private let directory: String
  private let path: String
  private let descriptor: Int32
  private let isReadOnly: Bool
  /// What the slot said at opening; nil when there was none.
  package let known: Mark?
  /// The highest head of another copy of this log, when this one has no slot of its own yet.
  package let other: Mark?

  private static let lineByteCount = 128
  private static let asideWord = Array("aside".utf8)

  /// Nil when there is no state directory or it can't be written.
  ///
  /// - Parameter isReadOnly: only looks: no slot is made, and `note` does nothing.
  init?(directory: String?, log: ULID, dataFile: Int32, isReadOnly: Bool = false) {
    guard let directory, let file = FileID(descriptor: dataFile) else { return nil }
    self.directory = directory + "/" + log.description
    path = self.directory + "/" + Self.name(of: file)
    // A pipe that somebody planted must not make us wait.
    let flags = (isReadOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    self.isReadOnly = isReadOnly
    var descriptor = unsafe open(path, flags)
    if descriptor < 0 {
      other = Self.highest(in: self.directory)
      known = nil
      if isReadOnly {
        self.descriptor = -1
        return
      }
      Directory.make(self.directory)
      descriptor = unsafe open(path, flags | O_CREAT, 0o600)
    } else {
      other = nil
      known = Self.mark(descriptor)
    }
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Notes a head that is committed.
  ///
  /// Not synced: losing it only weakens detection.
  func note(_ head: Head, epoch: UInt32, isAside: Bool = false) {
    guard !isReadOnly else { return }
    // Joined by hand: the library's ways to it search the program for conformances.
    var line = Array(head.position.description.utf8) + [0x20]
    line += Array(head.frontier.root.description.utf8) + [0x20]
    line += Array(UInt64(epoch).description.utf8)
    if isAside || known?.isAside == true { line += [0x20] + Self.asideWord }
    line += [UInt8](repeating: 0x20, count: max(0, Self.lineByteCount - 1 - line.count))
    line.append(0x0A)
    _ = unsafe line.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  /// Notes the head of a copy that is about to take the log's place, or of a log put aside.
  static func note(
    directory: String?, log: ULID, dataFile path: String, _ head: Head, epoch: UInt32,
    isAside: Bool = false
  ) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    HighWaterSlot(directory: directory, log: log, dataFile: descriptor)?
      .note(head, epoch: epoch, isAside: isAside)
  }

  /// The latest of what this machine has seen of a log in other data files than these, those that
  /// were put aside left out; nil when that is nothing.
  static func latest(_ directory: String?, log: ULID, without dataFiles: [String]) -> Mark? {
    guard let directory = directory.map({ $0 + "/" + log.description }) else { return nil }
    let names = dataFiles.compactMap { FileID(path: $0).map { name(of: $0) } }
    return marks(in: directory, without: names).filter { !$0.isAside }.max {
      ($0.epoch, $0.position) < ($1.epoch, $1.position)
    }
  }

  private static func name(of file: FileID) -> String {
    hexadecimal(file.device) + "-" + hexadecimal(file.node)
  }

  /// By hand: the library's way makes the runtime put tables together at each start.
  private static func hexadecimal(_ number: UInt64) -> String {
    var digits: [UInt8] = []
    var rest = number
    repeat {
      let digit = UInt8(truncatingIfNeeded: rest & 0xF)
      digits.append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
      rest >>= 4
    } while rest > 0
    digits.reverse()
    return String(decoding: digits, as: UTF8.self)
  }

  /// The highest epoch of a log that this machine has seen; 0 when it has seen none.
  static func highestEpoch(_ directory: String?, log: ULID) -> UInt32 {
    guard let directory else { return 0 }
    return marks(in: directory + "/" + log.description).map(\.epoch).max() ?? 0
  }

  private static func mark(_ descriptor: Int32) -> Mark? {
    var line = [UInt8](repeating: 0, count: lineByteCount)
    let count = unsafe line.withUnsafeMutableBytes {
      unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
    }
    guard count > 0 else { return nil }
    var rest = line[..<count]
    guard let position = UInt64(text(ofWord: &rest)), let root = Digest(hex: Array(word(&rest))),
      let epoch = UInt32(text(ofWord: &rest))
    else { return nil }
    let isAside = word(&rest).elementsEqual(asideWord)
    return Mark(position: Position(position), root: root, epoch: epoch, isAside: isAside)
  }

  /// Takes what stands before the next space.
  private static func word(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let end = rest.firstIndex(of: 0x20) ?? rest.endIndex
    defer { rest = rest[end...].dropFirst() }
    return rest[..<end]
  }

  private static func text(ofWord rest: inout ArraySlice<UInt8>) -> String {
    String(decoding: word(&rest), as: UTF8.self)
  }

  private static func highest(in directory: String) -> Mark? {
    marks(in: directory).max { $0.position < $1.position }
  }

  private static func marks(in directory: String, without names: [String] = []) -> [Mark] {
    let found = Directory.names(in: directory).filter { !$0.hasPrefix(".") && !names.contains($0) }
    return found.compactMap { name in
      let descriptor = unsafe open(
        directory + "/" + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      return mark(descriptor)
    }
  }
}

internal import Configuration
internal import Events
internal import Glibc

/// How far a named reader has got, kept beside the log.
///
/// Written after the events were handed out: after a crash some come again, none are left out.
/// While it is there nobody else goes by the same name: two would leave out what the other had.
final class FollowCursor {
  private let path: String
  /// Held as long as the process lives, by whatever end.
  private let lock: Int32

  init(log: String, name: String) throws(LogError) {
    let isPlain = name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == 0x2D || $0 == 0x5F
    }
    guard isPlain, (1...64).contains(name.utf8.count) else {
      throw LogError(
        .usage, "\"\(name)\" can't name a cursor", expected: "1 to 64 letters, digits, - and _")
    }
    _ = unsafe mkdir(log + "/cursors", 0o700)
    path = "\(log)/cursors/\(name)"
    lock = try Self.lock(path + ".lock", name)
  }

  deinit { close(lock) }

  /// Takes the lock of a name, or says that somebody has it.
  private static func lock(_ path: String, _ name: String) throws(LogError) -> Int32 {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw LogError(.cannotWrite, "\(path): \(systemText(errno))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      guard code == EWOULDBLOCK else {
        throw LogError(.cannotWrite, "\(path): \(systemText(code))")
      }
      throw LogError(
        .busy, "another reader follows by the cursor \"\(name)\"",
        hint: "Wait until it has ended, or give this one a cursor of its own")
    }
    return descriptor
  }

  /// The next position to hand out; the first one for a new cursor.
  ///
  /// - Parameter end: the position after the log's last; a reader of this log was not further.
  func load(end: Position) throws(LogError) -> Position {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return Position(1) }
      throw LogError(.cannotWrite, "\(path): \(systemText(errno))")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = unsafe read(descriptor, &bytes, 32)
    let text = String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 0x0A }, as: UTF8.self)
    guard let position = UInt64(text), position > 0, position <= end.rawValue else {
      throw LogError(
        .corruption, "the cursor \(path) is damaged, or of another log",
        expected: "a position up to \(end)", actual: "\"\(text)\"",
        hint: "Remove the file to read from the beginning")
    }
    return Position(position)
  }

  func save(_ next: Position) throws(LogError) {
    let temporary = path + ".tmp"
    let descriptor = unsafe open(
      temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw LogError(.cannotWrite, "\(temporary): \(systemText(errno))")
    }
    let failure = Output.write(all: Array("\(next)\n".utf8), to: descriptor)
    let isSynced = fsync(descriptor) == 0
    close(descriptor)
    guard failure == nil, isSynced, unsafe rename(temporary, path) == 0 else {
      throw LogError(.cannotWrite, "\(path): \(systemText(errno))")
    }
  }
}

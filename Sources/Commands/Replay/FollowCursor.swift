internal import Configuration
internal import Events
internal import Glibc

/// How far a named reader has got, kept beside the log.
///
/// Written after the events were handed out: after a crash some come again, none are left out.
struct FollowCursor {
  private let path: String

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
    let temporary = path + ".tmp.\(getpid())"
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

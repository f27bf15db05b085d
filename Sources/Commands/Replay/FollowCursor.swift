internal import Configuration
internal import Events
internal import Glibc

/// How far a named reader has got, kept beside the log.
///
/// Written after the events were handed out: after a crash some come again, none are left out.
/// While it is there nobody else goes by the same name: two would leave out what the other had.
final class FollowCursor {
  private static let byteCountMax = 4 << 20

  private let name: String
  private let path: String
  /// What its reader wants to see; nothing in it ends a line.
  private let conditions: String
  /// Held as long as the process lives, by whatever end.
  private let lock: FileLock

  /// - Parameter conditions: what the reader wants to see, in the words of the command line.
  init(log: String, name: String, conditions: String) throws(LogError) {
    let isPlain = name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == 0x2D || $0 == 0x5F
    }
    guard isPlain, (1...64).contains(name.utf8.count) else {
      throw LogError(
        .usage, "\"\(name)\" can't name a cursor", expected: "1 to 64 letters, digits, - and _")
    }
    self.name = name
    self.conditions = conditions
    _ = unsafe mkdir(log + "/cursors", 0o700)
    path = "\(log)/cursors/\(name)"
    lock = try FileLock(
      path + ".lock",
      busy: LogError(
        .busy, "another reader follows by the cursor \"\(name)\"",
        hint: "Wait until it has ended, or give this one a cursor of its own"))
  }

  /// The next position to hand out; nil for a new cursor.
  ///
  /// - Parameter end: the position after the log's last; a reader of this log was not further.
  func load(end: Position) throws(LogError) -> Position? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw LogError(.cannotWrite, "\(path): \(systemText(errno))")
    }
    defer { close(descriptor) }
    try Files.requireRegular(descriptor, name: path)
    let bytes = try Files.contents(of: descriptor, name: path, byteCountMax: Self.byteCountMax)
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    let text = String((lines.first ?? "").prefix(32))
    guard let position = UInt64(text), position > 0, position <= end.rawValue else {
      throw LogError(
        .corruption, "the cursor \(path) is damaged, or of another log",
        expected: "a position up to \(end)", actual: "\"\(text)\"",
        hint: "Remove the file to read from the beginning")
    }
    // Earlier versions wrote the position only.
    if lines.count > 2, lines[1] != conditions { throw differs(lines[1]) }
    return Position(position)
  }

  /// What a reader with other conditions has passed over would be left out.
  private func differs(_ first: String) -> LogError {
    func shown(_ text: String) -> String { text.isEmpty ? "no conditions" : text }
    return LogError(
      .usage, "the cursor \"\(name)\" was made with other conditions", expected: shown(first),
      actual: shown(conditions),
      hint: "Give the conditions that it was made with, or follow by another name")
  }

  func save(_ next: Position) throws(LogError) {
    let temporary = path + ".tmp"
    // What a killed reader left, or somebody planted: it is neither followed nor written to.
    unsafe unlink(temporary)
    let descriptor = unsafe open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw LogError(.cannotWrite, "\(temporary): \(systemText(errno))")
    }
    let failure = Output.write(all: Array("\(next)\n\(conditions)\n".utf8), to: descriptor)
    let isSynced = fsync(descriptor) == 0
    close(descriptor)
    guard failure == nil, isSynced, unsafe rename(temporary, path) == 0 else {
      throw LogError(.cannotWrite, "\(path): \(systemText(errno))")
    }
  }
}

internal import Configuration
internal import Events
internal import Glibc

/// A file that appears whole or not at all.
final class OutputFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private let output: Output
  private var isDone = false

  /// Makes sure that the file can be written; it is not there before `finish`.
  init(_ path: String, _ here: Surroundings) throws(LogError) {
    self.path = here.absolute(path)
    var status = stat()
    if unsafe lstat(self.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw LogError(.cannotWrite, "\(path) is there and is no regular file")
    }
    temporary = self.path + ".new-\(getpid())"
    descriptor = unsafe open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw LogError(.cannotWrite, "can't write \(path): \(systemText(errno))")
    }
    output = Output(descriptor: descriptor)
  }

  deinit {
    close(descriptor)
    if !isDone { unsafe unlink(temporary) }
  }

  func write(_ bytes: [UInt8]) { output.write(bytes) }

  /// Puts the file in its place.
  func finish() throws(LogError) {
    output.flush()
    guard output.failure == nil, fsync(descriptor) == 0,
      unsafe rename(temporary, path) == 0
    else { throw LogError(.cannotWrite, "can't write \(path): \(systemText(errno))") }
    isDone = true
  }
}

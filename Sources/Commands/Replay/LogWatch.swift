internal import Events
internal import Glibc

/// Waits until a log may have grown: by inotify on its data file, with a poll now and then in case
/// a change goes unnoticed.
struct LogWatch: ~Copyable {
  private let file: String
  private let descriptor: Int32
  private static let pollMilliseconds: Int32 = 1000

  /// Without inotify it only polls.
  init(log path: String) {
    file = path + "/data.mdb"
    descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    look()
  }

  /// Watches the file that is there now, which may be another than before.
  private func look() {
    guard descriptor >= 0 else { return }
    let events = UInt32(IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF)
    _ = unsafe inotify_add_watch(descriptor, file, events)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Returns when something changed or a second has passed; false when `reader` was closed.
  func wait(reader: Int32) -> Bool {
    var files = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: reader, events: 0, revents: 0),
    ]
    _ = unsafe poll(&files, 2, Self.pollMilliseconds)
    var buffer = [UInt8](repeating: 0, count: 4096)
    let byteCount = buffer.count
    if descriptor >= 0 {
      while unsafe read(descriptor, &buffer, byteCount) > 0 {}
      look()
    }
    return files[1].revents & Int16(POLLERR | POLLNVAL) == 0
  }
}

internal import Configuration
internal import Events
internal import Glibc

/// Why text could not be written.
enum OutputFailure: Hashable, Sendable {
  /// Nobody reads any more.
  case closed
  /// The system's words for it.
  case failed(String)
}

/// A buffered writer to a file descriptor.
///
/// Writing never throws: the first failure is kept, what follows is dropped, and whoever needs the
/// text to arrive looks at `failure` after `flush`.
final class Output {
  private static let bufferByteCount = 64 << 10

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  /// The first failure; nil while all went well.
  private(set) var failure: OutputFailure?
  /// Where the last event is that was stored and is told of here; `.none` without one.
  var storedAt = Position.none
  /// Whether a person looks at it.
  let isTerminal: Bool

  init(descriptor: Int32) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
  }

  /// How many columns the terminal has; nil when there is none or it does not tell.
  var columnCount: Int? {
    var size = winsize()
    guard isTerminal, unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0
    else { return nil }
    return Int(size.ws_col)
  }

  /// Appends bytes as they are.
  func write(_ bytes: some Collection<UInt8>) {
    guard failure == nil else { return }
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferByteCount { flush() }
  }

  /// Appends text as it is: anything from an event goes through `SafeText` first.
  func write(_ text: String) { write(text.utf8) }

  /// Appends text and a line feed.
  func line(_ text: String = "") {
    write(text.utf8)
    write(CollectionOfOne(0x0A))
  }

  /// Appends JSON and a line feed; on a terminal, what could change its state is escaped.
  func json(_ bytes: [UInt8]) {
    write(isTerminal ? SafeText.escapedJSON(bytes) : bytes)
    write(CollectionOfOne(0x0A))
  }

  /// Hands everything to the system.
  func flush() {
    guard failure == nil, !buffer.isEmpty else { return }
    failure = Self.write(all: buffer, to: descriptor)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes all bytes, however often the system takes only a part.
  static func write(all bytes: [UInt8], to descriptor: Int32) -> OutputFailure? {
    var start = 0
    while start < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start)
      }
      if count > 0 {
        start += count
      } else if errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&ready, 1, -1)
      } else if errno != EINTR {
        let code = errno
        return code == EPIPE ? .closed : .failed(systemText(code))
      }
    }
    return nil
  }
}

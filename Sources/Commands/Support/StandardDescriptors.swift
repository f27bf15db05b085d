internal import Glibc

/// The descriptors of standard input, output and errors.
enum StandardDescriptors {
  /// Only names a file: it can't be read or written. (`O_PATH`, which the C library hides.)
  private static let pathOnly: Int32 = 0o10_000_000

  /// Fills the places of those that were closed with descriptors that can't be read or written.
  ///
  /// Otherwise the next file to be opened would get the place: receipts would be written into the
  /// log itself.
  static func occupy() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free place is taken: this one.
      _ = unsafe open("/", pathOnly)
    }
  }
}

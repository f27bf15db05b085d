package import Events
internal import Glibc

/// Reads whole files.
package enum Files {
  /// The file's bytes; nil when there is none.
  package static func contents(_ path: String, byteCountMax: Int) throws(LogError) -> [UInt8]? {
    guard let descriptor = try descriptor(reading: path) else { return nil }
    defer { close(descriptor) }
    return try contents(of: descriptor, name: path, byteCountMax: byteCountMax)
  }

  /// The bytes of a file that is looked for without anybody naming it; nil when there is none.
  ///
  /// Only a regular file is read: a pipe that somebody planted must not make us wait.
  package static func regularContents(
    _ path: String, byteCountMax: Int
  ) throws(LogError) -> [UInt8]? {
    guard let descriptor = try descriptor(reading: path, O_NONBLOCK) else { return nil }
    defer { close(descriptor) }
    try requireRegular(descriptor, name: path)
    return try contents(of: descriptor, name: path, byteCountMax: byteCountMax)
  }

  /// Throws when an open file is a directory, a pipe or a device.
  package static func requireRegular(_ descriptor: Int32, name: String) throws(LogError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw LogError(.unsafe, "\(name) is no regular file")
    }
  }

  /// An open file, which the caller closes; nil when there is none.
  package static func descriptor(
    reading path: String, _ flags: Int32 = 0
  ) throws(LogError) -> Int32? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | flags)
    guard descriptor < 0 else { return descriptor }
    let reason = errno
    if reason == ENOENT || reason == ENOTDIR { return nil }
    // Not the file's fault: another moment may do.
    let isSystems = reason == EMFILE || reason == ENFILE || reason == ENOMEM
    throw LogError(isSystems ? .system : .badInput, "can't read \(path): \(systemText(reason))")
  }

  /// Everything that can be read from a descriptor.
  package static func contents(
    of descriptor: Int32, name: String, byteCountMax: Int
  ) throws(LogError) -> [UInt8] {
    var bytes: [UInt8] = []
    let room = blockByteCount(for: descriptor)
    try forEachBlock(of: descriptor, name: name, byteCount: room) { (block) throws(LogError) in
      bytes += block
      guard bytes.count <= byteCountMax else {
        throw LogError(.badInput, "\(name) is too large", expected: "at most \(byteCountMax) bytes")
      }
    }
    return bytes
  }

  /// As much as one read may need: to fill a large block takes longer than to read a small file.
  private static func blockByteCount(for descriptor: Int32) -> Int {
    let most = 64 << 10
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return most
    }
    return min(most, Int(clamping: status.st_size) + 1)
  }

  /// Calls `body` with what can be read from a descriptor, piece by piece.
  package static func forEachBlock(
    of descriptor: Int32, name: String, byteCount: Int = 64 << 10,
    _ body: (ArraySlice<UInt8>) throws(LogError) -> Void
  ) throws(LogError) {
    var block = [UInt8](repeating: 0, count: byteCount)
    while true {
      let count = read(descriptor, into: &block)
      if count == 0 { return }
      guard count > 0 else {
        throw LogError(.badInput, "can't read \(name): \(systemText(errno))")
      }
      try body(block[..<count])
    }
  }

  /// Reads once; 0 at the end, negative with `errno` on failure.
  package static func read(_ descriptor: Int32, into block: inout [UInt8]) -> Int {
    while true {
      let count = unsafe block.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 || errno != EINTR { return count }
    }
  }

  /// Whether there is a directory of this name, not reached by a link.
  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether there is anything of this name.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// Whether there surely is nothing of this name; false when that can't be told.
  package static func isMissing(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
  }

  /// How many bytes a file has and how many it takes on disk; nil when there is none.
  package static func size(_ path: String) -> (apparent: Int64, allocated: Int64)? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return (Int64(status.st_size), Int64(status.st_blocks) * 512)
  }

  /// The path with links and dots resolved; unchanged when it leads nowhere.
  package static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}

/// The system's words for an error number.
package func systemText(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

package import Events
internal import Glibc

/// Reads whole files.
package enum Files {
  /// The file's bytes; nil when there is none.
  package static func contents(_ path: String, byteCountMax: Int) throws(LogError) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw LogError(.badInput, "can't read \(path): \(systemText(errno))")
    }
    defer { close(descriptor) }
    return try contents(of: descriptor, name: path, byteCountMax: byteCountMax)
  }

  /// Everything that can be read from a descriptor.
  package static func contents(
    of descriptor: Int32, name: String, byteCountMax: Int
  ) throws(LogError) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, into: &block)
      if count == 0 { return bytes }
      guard count > 0 else {
        throw LogError(.badInput, "can't read \(name): \(systemText(errno))")
      }
      bytes += block[..<count]
      guard bytes.count <= byteCountMax else {
        throw LogError(.badInput, "\(name) is too large", expected: "at most \(byteCountMax) bytes")
      }
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

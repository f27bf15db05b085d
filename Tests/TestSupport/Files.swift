internal import Glibc

/// What the system refused.
package struct FileFailure: Error, CustomStringConvertible {
  package let description: String

  init(_ doing: String) {
    let code = errno
    description = "\(doing): \(unsafe String(cString: strerror(code)))"
  }
}

/// Small file operations, without Foundation.
package enum Files {
  package static func read(_ path: String) throws(FileFailure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure("opening \(path)") }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileFailure("looking at \(path)") }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe pread(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done, off_t(done))
      }
      guard count > 0 else { return Array(bytes[..<done]) }
      done += count
    }
    return bytes
  }

  /// Writes a new file, or over an old one from its start (the rest of it stays).
  package static func write(_ path: String, _ bytes: [UInt8]) throws(FileFailure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileFailure("opening \(path)") }
    defer { close(descriptor) }
    let count = unsafe bytes.withUnsafeBytes {
      unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0)
    }
    guard count == bytes.count else { throw FileFailure("writing \(path)") }
  }

  package static func byteCount(_ path: String) throws(FileFailure) -> Int {
    try Int(status(path).st_size)
  }

  private static func status(_ path: String) throws(FileFailure) -> stat {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw FileFailure("looking at \(path)") }
    return status
  }

  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// The permission bits.
  package static func mode(_ path: String) throws(FileFailure) -> UInt32 {
    try UInt32(status(path).st_mode) & 0o7777
  }

  package static func makeDirectory(_ path: String) throws(FileFailure) {
    guard unsafe mkdir(path, 0o700) == 0 else { throw FileFailure("making \(path)") }
  }

  package static func truncate(_ path: String, _ byteCount: Int) throws(FileFailure) {
    guard unsafe Glibc.truncate(path, off_t(byteCount)) == 0 else {
      throw FileFailure("truncating \(path)")
    }
  }

  package static func remove(_ path: String) { unsafe unlink(path) }

  package static func move(_ path: String, to other: String) throws(FileFailure) {
    guard unsafe rename(path, other) == 0 else { throw FileFailure("moving \(path)") }
  }

  /// The names in a directory, sorted.
  package static func names(in path: String) -> [String] {
    guard let listing = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(listing) }
    var names: [String] = []
    while let entry = unsafe readdir(listing) {
      // The entry is as long as its name: no more of it may be read than that.
      guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
      let name = unsafe String(
        cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Copies the plain files of a directory into a new one.
  package static func copyDirectory(_ path: String, to other: String) throws(FileFailure) {
    try makeDirectory(other)
    for name in names(in: path) { try write(other + "/" + name, read(path + "/" + name)) }
  }

  package static func removeTree(_ path: String) {
    guard let status = try? status(path) else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      remove(path)
      return
    }
    for name in names(in: path) { removeTree(path + "/" + name) }
    unsafe rmdir(path)
  }
}

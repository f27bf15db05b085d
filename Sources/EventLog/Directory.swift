package import Events
internal import Glibc

/// What is done with whole directories.
package enum Directory {
  /// The names of what is in it, hidden ones included; none when it can't be read.
  package static func names(in path: String) -> [String] { listing(path) ?? [] }

  /// The names of what is in it, hidden ones included; nil when it can't be read.
  package static func listing(_ path: String) -> [String]? {
    guard let listing = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(listing) }
    var names: [String] = []
    while let entry = unsafe readdir(listing) {
      // The entry is as long as its name: no more of it may be read than that.
      guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
      let name = unsafe String(
        cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Makes it and what leads to it, for its owner alone, as far as they are not there.
  ///
  /// Whether it is there then is for the caller to see.
  package static func make(_ path: String) {
    var partial = ""
    for component in path.split(separator: "/") {
      partial += "/" + component
      _ = unsafe mkdir(partial, 0o700)
    }
  }

  /// Removes it, what is in it, and what is in directories in it; a log has no deeper ones.
  package static func remove(_ path: String, depth: Int = 2) {
    for name in names(in: path) {
      let inner = path + "/" + name
      if unsafe unlink(inner) != 0, depth > 0 { remove(inner, depth: depth - 1) }
    }
    _ = unsafe rmdir(path)
  }

  /// Gives the files of one, and of directories in it, a second name in another, but for `without`.
  ///
  /// What goes on to write by the old name writes to the same file.
  static func link(
    _ path: String, into other: String, without: [String], depth: Int = 1
  ) throws(LogError) {
    for name in names(in: path) where !without.contains(name) {
      let (one, two) = (path + "/" + name, other + "/" + name)
      var status = stat()
      guard unsafe lstat(one, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR, depth > 0 {
        guard unsafe mkdir(two, 0o700) == 0 else { throw LogError.cannotCreate(two) }
        try link(one, into: two, without: [], depth: depth - 1)
      } else {
        guard unsafe Glibc.link(one, two) == 0 || errno == ENOENT else {
          throw LogError.cannotCreate(two)
        }
      }
    }
  }

  /// Copies a small file, if there is one.
  package static func copy(
    file name: String, from one: String, to other: String
  ) throws(LogError) {
    let from = unsafe open(one + "/" + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard from >= 0 || errno != ENOENT else { return }
    defer { if from >= 0 { close(from) } }
    var status = stat()
    guard unsafe fstat(from, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw LogError(.unsafe, "\(one)/\(name) is a link, unreadable or no regular file")
    }
    let path = other + "/" + name
    let to = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard to >= 0 else { throw LogError.cannotCreate(path) }
    defer { close(to) }
    var block = [UInt8](repeating: 0, count: 64 << 10)
    let byteCount = block.count
    while true {
      let count = unsafe read(from, &block, byteCount)
      guard count != 0 else { break }
      guard count > 0, unsafe write(to, &block, count) == count else {
        throw LogError.cannotCreate(path)
      }
    }
    guard fsync(to) == 0 else { throw LogError.cannotCreate(path) }
  }

  /// The size of a file; 0 when there is none.
  static func byteCount(of path: String) -> Int {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// The room that the file system of a path has left for this user, in bytes.
  package static func freeByteCount(at path: String) -> UInt64 {
    var space = statvfs()
    guard unsafe statvfs(path, &space) == 0 else { return 0 }
    return UInt64(space.f_bavail) * UInt64(space.f_frsize)
  }

  /// The user that a path belongs to; nil when it can't be told.
  static func owner(of path: String) -> UInt32? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_uid : nil
  }

  /// The directory around a path.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Writes to the disk which files a directory has.
  static func sync(_ path: String) throws(LogError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LogError.system("opening \(path)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw LogError.system("syncing \(path)") }
  }
}

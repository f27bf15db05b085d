internal import Events
internal import Glibc
internal import LMDB

/// A directory that is made whole under a temporary name beside its place, and then put there.
///
/// It is removed with all that is in it when it goes out of scope without having been put
/// anywhere. One whose process was killed is removed by the next that works at the same place: it
/// is known by its name and by its lock, which nobody holds any more.
struct NewDirectory: ~Copyable {
  /// What a log's directory never takes over from the one that was in its place.
  static let ownFiles = [
    "data.mdb", "lock.mdb", Reserve.name, SlotFile.name, SlotFile.newName,
  ]

  /// Where it is being made.
  let path: String
  private let place: String
  private let descriptor: Int32

  /// Makes an empty directory that only its owner can look into, whatever the umask.
  init(beside place: String) throws(LogError) {
    // Not named by the process number: in containers it repeats, and a leftover would be in the
    // way.
    var template = Array("\(place).tmp.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw LogError.cannotCreate(place) }
    let path = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0, unsafe chmod(path, 0o700) == 0 else {
      let error = LogError.cannotCreate(place)
      Directory.remove(path)
      throw error
    }
    flock(descriptor, LOCK_EX)
    self.path = path
    self.place = place
    self.descriptor = descriptor
  }

  deinit {
    Directory.remove(path)
    close(descriptor)
  }

  /// Puts it in its place, for good.
  ///
  /// - Returns: false when something other than an empty directory is there; nothing has changed
  ///   then.
  func put() throws(LogError) -> Bool {
    try sync()
    guard unsafe rename(path, place) == 0 else {
      let code = errno
      guard code == ENOTEMPTY || code == EEXIST else {
        throw LogError.cannotCreate(place)
      }
      return false
    }
    try Directory.sync(Directory.parent(of: place))
    return true
  }

  /// Puts it in the place of the directory that is there, at one moment; that one goes.
  func exchange() throws(LogError) { try exchange(path) }

  /// Puts it in the place of the directory that is there, at one moment; that one is at `aside`
  /// then.
  ///
  /// It is called so before: nothing that may be removed ever has the old one's content.
  func exchange(puttingAside aside: String) throws(LogError) {
    guard unsafe rename(path, aside) == 0 else { throw LogError.cannotCreate(aside) }
    do throws(LogError) { try exchange(aside) } catch {
      Directory.remove(aside)
      throw error
    }
  }

  private func exchange(_ path: String) throws(LogError) {
    try sync()
    do throws(LMDBError) { try exchangePaths(path, place) } catch {
      throw LogError(
        .cannotWrite, "\(place) can't be exchanged for another directory (\(error))",
        hint: "The file system must be able to exchange directories, as ext4, xfs and btrfs are")
    }
    try Directory.sync(Directory.parent(of: place))
  }

  private func sync() throws(LogError) {
    guard fsync(descriptor) == 0 else { throw LogError.system("syncing \(path)") }
  }

  /// Removes what killed processes left of theirs.
  static func removeLeftovers(beside place: String) {
    for path in leftovers(beside: place) { Directory.remove(path) }
  }

  /// What killed processes left of theirs.
  static func leftovers(beside place: String) -> [String] {
    let parent = Directory.parent(of: place)
    let prefix = (place.split(separator: "/").last.map(String.init) ?? place) + ".tmp."
    return Directory.names(in: parent).compactMap { name in
      guard name.hasPrefix(prefix), name.utf8.count == prefix.utf8.count + 6 else { return nil }
      let path = parent + "/" + name
      let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      return flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? path : nil
    }
  }
}

extension LogError {
  static func cannotCreate(_ path: String) -> LogError {
    var error = LogError.system("creating \(path)")
    if error.code != .noSpace { error.code = .cannotWrite }
    return error
  }
}

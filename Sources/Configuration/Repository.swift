package import Events

/// The git repository around the working directory, found by reading files: no process is started.
package struct Repository: Hashable, Sendable {
  /// What all of its work trees share.
  package var commonDirectory: String
  /// The top of the work tree; nil inside a git directory.
  package var workTree: String?

  private static let pointerByteCountMax = 4096

  /// Nil outside of a repository.
  package static func find(_ here: Surroundings) throws(LogError) -> Repository? {
    for directory in here.directoriesUpward {
      let path = (directory == "/" ? "" : directory) + "/.git"
      if Files.isDirectory(path) {
        return Repository(commonDirectory: try common(path), workTree: directory)
      }
      if let pointer = try text(path) {
        guard pointer.hasPrefix("gitdir: ") else { continue }
        let target = joined(directory, String(pointer.dropFirst(8)))
        return Repository(commonDirectory: try common(target), workTree: directory)
      }
      if isGitDirectory(directory) {
        return Repository(commonDirectory: try common(directory), workTree: nil)
      }
    }
    return nil
  }

  /// A bare repository, or the inside of a `.git`, as hooks see it.
  private static func isGitDirectory(_ path: String) -> Bool {
    Files.exists(path + "/HEAD") && Files.isDirectory(path + "/objects")
      && Files.isDirectory(path + "/refs")
  }

  private static func common(_ gitDirectory: String) throws(LogError) -> String {
    guard let pointer = try text(gitDirectory + "/commondir") else { return gitDirectory }
    return Files.resolved(joined(gitDirectory, pointer))
  }

  /// A small file's text without the line feed at its end.
  private static func text(_ path: String) throws(LogError) -> String? {
    guard var bytes = try Files.regularContents(path, byteCountMax: pointerByteCountMax) else {
      return nil
    }
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func joined(_ directory: String, _ path: String) -> String {
    path.hasPrefix("/") ? path : directory + "/" + path
  }
}

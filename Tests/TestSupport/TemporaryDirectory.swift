internal import Glibc

/// A directory that is removed, with all in it, when nobody holds it any more.
///
/// It lies in memory where that can be had: what tests promise does not depend on the disk, and
/// thousands of commits are then quick.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws(FileFailure) {
    let parent = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(parent)/uetlog-tests.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw FileFailure("making \(parent)/…") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Files.removeTree(path) }

  /// The path of something in the directory.
  package func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Makes a directory with those above it and tells its path.
  @discardableResult
  package func directory(_ name: String) -> String {
    var partial = path
    for component in name.split(separator: "/") {
      partial += "/" + component
      _ = unsafe mkdir(partial, 0o700)
    }
    return partial
  }

  /// Writes a new file and the directories above it.
  package func file(_ name: String, _ text: String) throws(FileFailure) {
    if let slash = name.lastIndex(of: "/") { directory(String(name[..<slash])) }
    Files.removeTree(self(name))
    try Files.write(self(name), Array(text.utf8))
  }
}

/// Runs `body` with the path of a log that does not exist yet, and removes it afterwards.
package func withTemporaryLog<Result, Failure>(
  _ body: (String) throws(Failure) -> Result
) throws -> Result {
  let directory = try TemporaryDirectory()
  defer { withExtendedLifetime(directory) {} }
  return try body(directory("log"))
}

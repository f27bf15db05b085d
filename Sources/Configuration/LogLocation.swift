package import Events

/// Where the log is and what decided it.
package struct LogLocation: Hashable, Sendable {
  /// What decided where the log is.
  package enum Origin: String, Sendable {
    case flag = "--log"
    case environment = "UETLOG"
    case nearest = "nearest .uetlog"
    case repository = "git repository"
    case workingDirectory = "working directory"
  }

  package var path: String
  package var origin: Origin

  /// Where a log is looked for below a directory and made when there is no repository.
  package static let directoryName = ".uetlog"
  /// Where a log lies in a repository's common git directory.
  package static let nameInRepository = "uetlog"

  /// `--log`, else `UETLOG`, else the nearest `.uetlog/` upward, else the repository's, else
  /// `.uetlog/` in the working directory; the last two need not be there yet.
  package init(flag: String?, _ here: Surroundings) throws(LogError) {
    if let flag {
      self.init(given: flag, .flag, here)
    } else if let path = try here.variable("UETLOG") {
      self.init(given: path, .environment, here)
    } else if let path = Self.nearest(here) {
      self.init(path: path, origin: .nearest)
    } else if let directory = try Repository.find(here)?.commonDirectory {
      self.init(path: directory + "/" + Self.nameInRepository, origin: .repository)
    } else {
      self.init(path: here.absolute(Self.directoryName), origin: .workingDirectory)
    }
  }

  private init(path: String, origin: Origin) {
    self.path = path
    self.origin = origin
  }

  private init(given path: String, _ origin: Origin, _ here: Surroundings) {
    var path = here.absolute(path)[...]
    while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.init(path: String(path), origin: origin)
  }

  private static func nearest(_ here: Surroundings) -> String? {
    for directory in here.directoriesUpward {
      let path = (directory == "/" ? "" : directory) + "/" + directoryName
      if Files.isDirectory(path) { return path }
    }
    return nil
  }

  /// Whether there is a log, as far as that can be told; an empty directory is none.
  package var hasLog: Bool { !Files.isMissing(path + "/data.mdb") }

  /// There is no log: says where it was looked for.
  package var missing: LogError {
    let looked =
      switch origin {
      case .flag, .environment: "\(path) (\(origin.rawValue))"
      case .nearest: path
      case .repository: "no .uetlog here or above, nothing at \(path)"
      case .workingDirectory: "no .uetlog here or above, and this is no git repository"
      }
    return LogError(
      .notFound, "there is no log", actual: looked,
      hint: "`uetlog append` makes one at its first event; --log DIR or UETLOG names another")
  }
}

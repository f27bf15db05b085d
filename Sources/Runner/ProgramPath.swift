internal import Glibc

/// Where a program is.
package enum ProgramPath {
  /// The path of a program as a shell in `directory` would find it; nil when it is not installed.
  ///
  /// Entries of the path that are not absolute don't count: they would lead into a directory that
  /// a patch has written to. A name with a slash is looked for in `directory`.
  package static func find(
    _ program: String, in directory: String, environment: [String: String?] = [:]
  ) -> String? {
    guard case .found(let path) = look(for: program, in: directory, environment: environment) else {
      return nil
    }
    return path
  }

  /// What came of looking for a program.
  enum Finding {
    case found(String)
    /// Something is there, and it can't be executed.
    case unusable(String)
    case missing
  }

  /// The same, which tells what can't be executed from what is not there.
  static func look(
    for program: String, in directory: String, environment: [String: String?] = [:]
  ) -> Finding {
    if program.contains("/") {
      let path = program.hasPrefix("/") ? program : directory + "/" + program
      if isExecutable(path) { return .found(path) }
      var status = stat()
      let isMissing =
        unsafe stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
      return isMissing ? .missing : .unusable(path)
    }
    var found = Finding.missing
    for folder in searched(environment).split(separator: ":") where folder.hasPrefix("/") {
      let path = folder + "/" + program
      if isExecutable(path) { return .found(path) }
      // Shells go on behind it and tell of it at the end; a directory is nothing to them.
      if case .missing = found, isFile(path) { found = .unusable(path) }
    }
    return found
  }

  private static func searched(_ environment: [String: String?]) -> String {
    if let changed = environment["PATH"] { return changed ?? "" }
    guard let path = unsafe getenv("PATH") else { return "/usr/local/bin:/usr/bin:/bin" }
    return unsafe String(cString: path)
  }

  private static func isExecutable(_ path: String) -> Bool {
    guard isFile(path) else { return false }
    return unsafe access(path, X_OK) == 0
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}

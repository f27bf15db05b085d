package import Events
internal import Glibc

/// What a command knows of the process around it; tests make their own.
package struct Surroundings: Sendable {
  package var workingDirectory: String
  private let environment: Environment

  private enum Environment {
    /// The process's own, which is asked for one variable at a time.
    case current
    case given([String: String])
  }

  package init(workingDirectory: String, environment: [String: String] = [:]) {
    self.workingDirectory = workingDirectory
    self.environment = .given(environment)
  }

  private init(current workingDirectory: String) {
    self.workingDirectory = workingDirectory
    environment = .current
  }

  /// This process's own.
  package static func current() -> Surroundings { Surroundings(current: currentDirectory()) }

  /// A variable; nil when it is not set or empty.
  package func variable(_ name: String) throws(LogError) -> String? {
    let value: String?
    switch environment {
    case .given(let variables): value = variables[name]
    case .current:
      guard let bytes = unsafe getenv(name) else { return nil }
      // A repaired value would name another place.
      value = unsafe String(validatingCString: bytes)
      guard value != nil else {
        throw LogError(
          .settings, "the variable \(name) is not UTF-8",
          hint: "Set it to text in UTF-8, or unset it")
      }
    }
    return value == "" ? nil : value
  }

  /// The bytes of a variable that holds a secret; nil when it is not set.
  package func value(ofSecret name: String) -> [UInt8]? {
    switch environment {
    case .given(let variables): variables[name].map { Array($0.utf8) }
    case .current:
      unsafe getenv(name).map { value in
        unsafe Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
      }
    }
  }

  /// Whether a variable is set to something, whatever that is.
  package func has(_ name: String) -> Bool {
    switch environment {
    case .given(let variables): variables[name]?.isEmpty == false
    case .current: unsafe getenv(name).map { unsafe $0.pointee != 0 } ?? false
    }
  }

  /// Whether a variable is set to this text.
  package func has(_ name: String, _ text: String) -> Bool { (try? variable(name)) == text }

  /// Whether there is a variable of uetlog's own.
  package var hasSettings: Bool {
    let prefix = "UETLOG_"
    switch environment {
    case .given(let variables): return variables.keys.contains { $0.hasPrefix(prefix) }
    case .current:
      var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = unsafe environ
      while let variable = unsafe entry.pointee {
        if unsafe strncmp(variable, prefix, prefix.utf8.count) == 0 { return true }
        unsafe entry += 1
      }
      return false
    }
  }

  /// A path as seen from the working directory.
  package func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    if path == "." { return workingDirectory }
    return workingDirectory + (workingDirectory == "/" ? "" : "/") + path
  }

  /// The working directory and all directories above it.
  package var directoriesUpward: [String] {
    var directories = [workingDirectory]
    var path = workingDirectory[...]
    while let slash = path.lastIndex(of: "/") {
      path = path[..<slash]
      directories.append(path.isEmpty ? "/" : String(path))
      if path.isEmpty { break }
    }
    return directories
  }

  private static func currentDirectory() -> String {
    guard let path = unsafe getcwd(nil, 0) else { return "." }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }
}

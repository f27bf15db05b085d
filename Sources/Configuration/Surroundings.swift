package import Events
internal import Glibc

/// What a command knows of the process around it; tests make their own.
package struct Surroundings: Sendable {
  package var workingDirectory: String
  /// The variables that uetlog looks at, and no others: few, so that a list does.
  ///
  /// No value: it is not UTF-8, and a repaired one would name another place.
  private let environment: [(name: String, value: String?)]
  /// Whether it is the process's own environment, which has further variables.
  private let isCurrent: Bool

  private static func isLookedAt(_ name: String) -> Bool {
    switch name {
    case "UETLOG", "HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "NO_COLOR", "TERM",
      "CLICOLOR_FORCE":
      true
    default: name.hasPrefix("UETLOG_")
    }
  }

  package init(workingDirectory: String, environment: [String: String] = [:]) {
    self.init(
      workingDirectory, environment.map { ($0.key, $0.value) }, isCurrent: false)
  }

  private init(
    _ workingDirectory: String, _ environment: [(name: String, value: String?)], isCurrent: Bool
  ) {
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.isCurrent = isCurrent
  }

  /// This process's own.
  package static func current() -> Surroundings {
    var environment: [(name: String, value: String?)] = []
    var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = unsafe environ
    while let variable = unsafe entry.pointee {
      unsafe entry += 1
      // 'U', 'H', 'X', 'N', 'T', 'C': most variables are skipped without making a string.
      guard unsafe [0x55, 0x48, 0x58, 0x4E, 0x54, 0x43].contains(variable.pointee) else { continue }
      guard let equals = unsafe strchr(variable, 0x3D) else { continue }
      let name = unsafe String(
        decoding: UnsafeRawBufferPointer(start: variable, count: equals - variable), as: UTF8.self)
      guard isLookedAt(name) else { continue }
      environment.append((name, unsafe String(validatingCString: equals + 1)))
    }
    return Surroundings(currentDirectory(), environment, isCurrent: true)
  }

  /// A variable; nil when it is not set or empty.
  package func variable(_ name: String) throws(LogError) -> String? {
    guard let found = environment.first(where: { $0.name == name }) else { return nil }
    guard let value = found.value else {
      throw LogError(
        .settings, "the variable \(name) is not UTF-8",
        hint: "Set it to text in UTF-8, or unset it")
    }
    return value.isEmpty ? nil : value
  }

  /// The bytes of a variable that holds a secret; nil when it is not set.
  package func value(ofSecret name: String) -> [UInt8]? {
    guard isCurrent else { return (try? variable(name)).map { Array($0.utf8) } }
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
  }

  /// Whether a variable is set to something, whatever that is.
  package func has(_ name: String) -> Bool {
    environment.contains { $0.name == name && $0.value?.isEmpty != true }
  }

  /// Whether a variable is set to this text.
  package func has(_ name: String, _ text: String) -> Bool {
    environment.contains { $0.name == name && $0.value == text }
  }

  /// Whether there is a variable of uetlog's own.
  package var hasSettings: Bool { environment.contains { $0.name.hasPrefix("UETLOG_") } }

  /// A path as seen from the working directory.
  package func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : workingDirectory + (workingDirectory == "/" ? "" : "/") + path
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

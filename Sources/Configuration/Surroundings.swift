internal import Glibc

/// What a command knows of the process around it; tests make their own.
package struct Surroundings: Sendable {
  package var workingDirectory: String
  /// The variables that uetlog looks at, and no others: few, so that a list does.
  package let environment: [(name: String, value: String)]
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
    _ workingDirectory: String, _ environment: [(name: String, value: String)], isCurrent: Bool
  ) {
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.isCurrent = isCurrent
  }

  /// This process's own.
  package static func current() -> Surroundings {
    var environment: [(name: String, value: String)] = []
    var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = unsafe environ
    while let variable = unsafe entry.pointee {
      unsafe entry += 1
      // 'U', 'H', 'X', 'N', 'T', 'C': most variables are skipped without making a string.
      guard unsafe [0x55, 0x48, 0x58, 0x4E, 0x54, 0x43].contains(variable.pointee) else { continue }
      let text = unsafe String(cString: variable)
      guard let equals = text.utf8.firstIndex(of: 0x3D) else { continue }
      let name = String(text[..<equals])
      guard isLookedAt(name) else { continue }
      environment.append((name, String(text[text.utf8.index(after: equals)...])))
    }
    return Surroundings(currentDirectory(), environment, isCurrent: true)
  }

  /// A variable; nil when it is not set or empty.
  package func variable(_ name: String) -> String? {
    environment.first { $0.name == name && !$0.value.isEmpty }?.value
  }

  /// The bytes of a variable that holds a secret; nil when it is not set.
  package func value(ofSecret name: String) -> [UInt8]? {
    guard isCurrent else { return variable(name).map { Array($0.utf8) } }
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
  }

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

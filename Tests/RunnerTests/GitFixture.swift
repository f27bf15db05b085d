import TestSupport

@testable import Runner

/// A repository of its own, with fixed dates and people, whatever the user's git is set to.
final class GitFixture {
  let path: String
  private let directory: TemporaryDirectory
  private let environment: [String: String?] = [
    "HOME": "/nonexistent", "XDG_CONFIG_HOME": nil, "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_DIR": nil, "GIT_WORK_TREE": nil, "GIT_INDEX_FILE": nil,
    "GIT_AUTHOR_NAME": "Ä. Author", "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "1700000000 +0100", "GIT_COMMITTER_NAME": "C. Committer",
    "GIT_COMMITTER_EMAIL": "c@example.org", "GIT_COMMITTER_DATE": "1700000600 -0500",
  ]

  init() throws {
    directory = try TemporaryDirectory()
    path = directory("repository")
    try Files.makeDirectory(path)
    try git("init", "-q", "-b", "main")
  }

  /// Runs git there and returns what it prints.
  @discardableResult
  func git(_ arguments: String...) throws -> String {
    try run("git", ["-C", path] + arguments)
  }

  /// Runs a shell script there.
  @discardableResult
  func shell(_ script: String) throws -> String {
    try run("sh", ["-euc", "cd \"$0\"\n" + script, path])
  }

  /// Stores all of the work tree.
  func commit(_ message: String) throws {
    try git("add", "-A")
    try git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", message)
  }

  /// Writes a file, over an old one too.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    Files.remove(path + "/" + name)
    try Files.write(path + "/" + name, bytes)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  /// Feeds a stream to `git fast-import`.
  func fastImport(_ stream: [UInt8]) throws {
    let file = directory("stream")
    Files.remove(file)
    try Files.write(file, stream)
    try shell("git fast-import --quiet < '\(file)'")
  }

  private func run(_ program: String, _ arguments: [String]) throws -> String {
    var process = try ChildProcess(program, arguments, environment: environment)
    var output: [UInt8] = []
    while true {
      let more = try process.read(1 << 16)
      if more.isEmpty { break }
      output += more
    }
    let (code, errors) = try process.wait()
    guard code == 0 else {
      throw RunnerError(program: "\(program) \(arguments)", message: errors, isMissing: false)
    }
    return String(decoding: output, as: UTF8.self)
  }
}

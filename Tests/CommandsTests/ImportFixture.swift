import Bytes
import Configuration
import Engine
import EventLog
import Events
import Glibc
import JSON
import Pipeline
import TestSupport
import Testing

@testable import Commands

/// A repository and logs to import it into.
final class ImportFixture {
  let directory: TemporaryDirectory
  var repository: String { directory("repository") }

  init() throws {
    directory = try TemporaryDirectory()
    try Files.makeDirectory(repository)
    try shell("git init -q -b main")
  }

  /// Runs a shell script in the repository, with fixed dates and people.
  func shell(_ script: String) throws {
    let surroundings = """
      set -eu; unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE; cd '\(repository)'
      export HOME=/nonexistent GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
      export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_AUTHOR_DATE='1700000000 +0000'
      export GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org
      export GIT_COMMITTER_DATE='1700000600 +0000'
      commit() { git add -A && git commit -q --allow-empty --allow-empty-message -m "$1"; }

      """
    try Files.write(directory("script"), Array((surroundings + script + "\n").utf8))
    let code = unsafe system("exec sh '\(directory("script"))' > '\(directory("output"))' 2>&1")
    Files.remove(directory("script"))
    let output = String(decoding: try Files.read(directory("output")), as: UTF8.self)
    Files.remove(directory("output"))
    try #require(code == 0, "\(output)")
  }

  /// A log of its own.
  func engine(_ name: String = "log") throws(LogError) -> Engine<LMDBLog> {
    var options = LogOptions()
    options.mapByteCount = 64 << 20
    options.isUnsafeWithoutSync = true
    try LMDBLog.create(directory(name), identity: OpenedLog.freshIdentity(), options)
    return Engine(log: try LMDBLog(opening: directory(name), options))
  }

  @discardableResult
  func run(
    _ engine: Engine<LMDBLog>, repository path: String? = nil, project: String = "billing",
    since: String? = nil, count: Int? = nil, options: AppendOptions = AppendOptions()
  ) throws(LogError) -> GitImportSummary {
    try GitImport(
      engine: engine,
      history: GitHistory(
        repository: path ?? repository, project: project, since: since, count: count),
      options: options
    ).run { _ in }
  }
}

extension Engine where Log == LMDBLog {
  /// All events of some types, or of all.
  func events(_ types: String...) throws(LogError) -> [Event] {
    var query = Query()
    query.types = types
    var events: [Event] = []
    try replay(query) { event in
      events.append(event)
      return true
    }
    return events
  }

  /// The entries of a view.
  func entries(_ name: String) throws -> [JSONDocument] {
    let view = try #require(views.first { $0.name == name })
    var entries: [[UInt8]] = []
    try project(view, now: Timestamp(milliseconds: 1_760_000_000_000)) { (entry) in
      entries.append(entry.json)
      return true
    }
    return try entries.map { try JSONDocument(parsing: $0) }
  }
}

extension Event {
  /// The payload's tokens.
  var text: String { String(decoding: payload ?? [], as: UTF8.self) }

  func document() throws -> JSONDocument { try JSONDocument(parsing: payload ?? []) }
}

extension JSONDocument {
  /// The text at a path of members; nil when it is not there.
  func text(_ path: String...) -> String? {
    var node = root
    for name in path {
      guard let next = member(node, name) else { return nil }
      node = next
    }
    return string(node)
  }
}

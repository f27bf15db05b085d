import Bytes
import Engine
import EventLog
import Events
import JSON
import Pipeline
import Schema
import TestSupport
import Testing

@testable import Commands

@Suite(.hangLimit) struct ImportTests {
  private static let steps = [
    "patch_created", "patch_validated", "patch_queued", "patch_apply_succeeded", "patch_verified",
    "patch_committed",
  ]

  private func check(_ bytes: [UInt8], against id: String) throws {
    let schema = try Catalog.compile(Array(#"{"$ref":"schema/\#(id)"}"#.utf8), id: "test")
    let document = try JSONDocument(parsing: bytes)
    let violation = schema.firstViolation(in: document, at: document.root)
    #expect(violation == nil, "\(String(decoding: bytes, as: UTF8.self))")
  }

  /// Two commits, a revert of the first of them, an empty one, and a merge.
  private func story() throws -> ImportFixture {
    let fixture = try ImportFixture()
    try fixture.shell(
      """
      echo 1 > a; commit 'Add a'
      git checkout -q -b side; echo 1 > b; commit 'Add b'
      git checkout -q main; echo 2 > a; commit 'Change a'
      git merge -q --no-ff -m 'Merge side' side
      git revert --no-edit HEAD~1 > /dev/null
      commit 'Nothing to see'
      """)
    return fixture
  }

  @Test func `each commit goes the whole way, marked as imported`() throws {
    let fixture = try story()
    let engine = try fixture.engine()
    let summary = try fixture.run(engine)
    #expect(summary.commits == 6 && summary.merges == 1 && summary.notes == 1)
    #expect(summary.reverts == 1 && summary.skipped.isEmpty && summary.duplicates == 0)
    let events = try engine.events()
    #expect(summary.events == events.count && events.count == 4 * 6 + 1 + 2)
    #expect(events.allSatisfy { $0.envelope.flags.contains(.imported) })
    #expect(events.allSatisfy { $0.envelope.source == "git" })
    #expect(Set(events.map(\.envelope.correlationID)).count == 1)
    let types = events.map(\.envelope.type)
    #expect(
      types == ["import_started"] + Self.steps + Self.steps + Self.steps + Self.steps
        + ["note", "import_completed"])
    let patches = try engine.entries("patches")
    #expect(patches.map { $0.text("state") } == Array(repeating: "committed", count: 4))
    #expect(
      events.dropFirst().dropLast().allSatisfy {
        $0.envelope.time.description.hasPrefix("2023-11-14T22:23:20")
      })
  }

  @Test func `artifacts and ledger entries keep to their schemas`() throws {
    let fixture = try story()
    try fixture.shell("printf 'x\\tüé\\000' > 'odd ü\t\"'; commit \"$(printf 'é%.0s' $(seq 600))\"")
    let engine = try fixture.engine()
    try fixture.run(engine)
    let created = try engine.events("patch_created")
    #expect(created.count == 5)
    for event in created {
      let document = try event.document()
      let artifact = try #require(document.member(document.root, "artifact"))
      try check(
        Array(document.bytes[document.range(artifact)]), against: "patch_artifact.v1.json")
    }
    let entries = try engine.entries("patches")
    #expect(entries.count == 5)
    for entry in entries {
      try check(Array(entry.bytes), against: "patch_ledger_entry.v1.json")
    }
  }

  @Test func `a scope is what the diff says, whatever the names and kinds`() throws {
    let fixture = try ImportFixture()
    try fixture.shell(
      """
      printf 'x' > link; printf '1\\n' > 'c:x'; printf 'a\\0' > bin; commit One
      rm link; ln -s x link; chmod +x 'c:x'; printf 'b\\0' > bin; commit Two
      """)
    let engine = try fixture.engine()
    #expect(try fixture.run(engine).skipped.isEmpty)
    let scopes = try engine.events("patch_created").map { event in
      let document = try event.document()
      let scope = document.member(document.root, path: ["artifact", "scope"])
      return try String(
        decoding: document.compacted(#require(scope)), as: UTF8.self)
    }
    #expect(
      scopes == [
        #"{"files_touched":["bin","c:x","link"],"line_insertions":2,"line_deletions":0,"hunks":2}"#,
        // A link in a file's place: one taken away, one made, be their content the same.
        #"{"files_touched":["bin","c:x","link"],"line_insertions":1,"line_deletions":1,"hunks":2}"#,
      ])
  }

  @Test func `a revert names the patch that it rolls back`() throws {
    let engine = try { (fixture: ImportFixture) in
      let engine = try fixture.engine()
      try fixture.run(engine)
      return engine
    }(try story())
    let created = try engine.events("patch_created").map { try $0.document() }
    func patch(_ summary: String) throws -> JSONDocument {
      try #require(created.first { $0.text("artifact", "summary") == summary })
    }
    let revert = try patch("Revert \"Change a\"")
    let target = try patch("Change a").text("artifact", "patch_id")
    #expect(target != nil && revert.text("relations", "rollback_of_patch_id") == target)
    #expect(created.count { $0.text("relations", "rollback_of_patch_id") != nil } == 1)
  }

  @Test func `a reverted merge has no patch to name`() throws {
    let fixture = try story()
    try fixture.shell(
      """
      git revert --no-edit -m 1 HEAD~2 > /dev/null
      echo 9 > c; commit "$(printf 'Revert "x"\\n\\nThis reverts commit %040d.' 7)"
      """)
    let engine = try fixture.engine()
    try fixture.run(engine)
    let created = try engine.events("patch_created")
    #expect(created.count == 6)
    #expect(created.count { $0.text.contains("rollback_of_patch_id") } == 1)
  }

  @Test func `importing again adds nothing, and later only what is new`() throws {
    let fixture = try story()
    let engine = try fixture.engine()
    let first = try fixture.run(engine)
    let before = try engine.events()
    let second = try fixture.run(engine, repository: fixture.repository + "/.")
    #expect(second.events == 0 && second.duplicates == first.events)
    #expect(try engine.events() == before)
    try fixture.shell("echo 3 > a; commit 'Once more'")
    let third = try fixture.run(engine)
    #expect(third.events == 6 + 2 && third.duplicates == first.events - 2)
    #expect(try engine.entries("patches").count == 5)
    try fixture.run(engine, since: "HEAD~1")
    #expect(try engine.entries("patches").count == 5)
  }

  @Test func `two clones of a history agree`() throws {
    let fixture = try story()
    let one = try fixture.engine("one")
    let two = try fixture.engine("two")
    try fixture.shell("git clone -q --bare . ../clone.git")
    try fixture.shell("echo '* -diff' > .gitattributes")
    try fixture.run(one)
    try fixture.run(two, repository: fixture.directory("clone.git"))
    let events = try one.events()
    #expect(events.map(\.envelope.eventID) == (try two.events()).map(\.envelope.eventID))
    #expect(events.map(\.payload) == (try two.events()).map(\.payload))
    let again = try fixture.run(one, repository: fixture.directory("clone.git"))
    #expect(again.events == 0)
  }

  @Test func `what is no UTF-8 or too long is skipped and told`() throws {
    let fixture = try ImportFixture()
    try fixture.shell(
      """
      echo 1 > a; commit Fine
      printf 'caf\\351\\n' > latin; commit Latin
      head -c 9000000 /dev/zero | tr '\\0' x > big; commit Big
      echo 2 > a; commit 'Fine too'
      """)
    let engine = try fixture.engine()
    let summary = try fixture.run(engine)
    #expect(summary.skipped.map(\.reason).count == 2)
    #expect(summary.skipped.first?.reason.contains("UTF-8") == true)
    #expect(summary.skipped.last?.reason.contains("limit") == true)
    #expect(try engine.entries("patches").count == 2)
    #expect(try engine.events("import_completed").first?.text.contains(#""others":2"#) == true)
  }

  @Test func `one commit that can't be stored does not stop the others`() throws {
    let fixture = try ImportFixture()
    try fixture.shell(
      """
      echo 1 > a; commit Fine
      git commit -q --allow-empty -m "$(head -c 70000 /dev/zero | tr '\\0' w)"
      head -c 3000000 /dev/zero | tr '\\0' '\\033' > escapes; commit Escapes
      echo 2 > a; commit 'Fine too'
      """)
    let engine = try fixture.engine()
    let summary = try fixture.run(engine)
    #expect(summary.skipped.count == 1 && summary.notes == 1 && summary.commits == 4)
    #expect(try engine.entries("patches").count == 2)
    #expect(try engine.events("note").allSatisfy { $0.text.utf8.count < 2000 })
  }

  @Test func `a dry run stores nothing`() throws {
    let fixture = try story()
    let engine = try fixture.engine()
    var options = AppendOptions()
    options.isDryRun = true
    let summary = try fixture.run(engine, options: options)
    #expect(summary.commits == 6)
    #expect(try engine.head().position == .none)
  }

  @Test func `an empty commit is a note`() throws {
    let fixture = try ImportFixture()
    try fixture.shell("commit 'Only words'; commit ''; echo 1 > a; commit ''")
    let engine = try fixture.engine()
    #expect(try fixture.run(engine).notes == 2)
    let notes = try engine.events("note").map(\.text)
    #expect(notes.first?.contains("Only words") == true && notes.count == 2)
    #expect(try engine.entries("patches").count == 1)
  }

  @Test func `what is no repository is refused with a hint, and nothing is stored`() throws {
    let fixture = try ImportFixture()
    let engine = try fixture.engine()
    for path in [fixture.repository, fixture.directory("missing")] {
      let error = try #require(throws: LogError.self) { try fixture.run(engine, repository: path) }
      #expect(error.code == .badInput && error.hint != nil)
    }
    #expect(try engine.head().position == .none)
  }

  @Test func `what can't be imported as asked stores nothing`() throws {
    let fixture = try story()
    try fixture.shell("git clone -q --depth 1 \"file://$PWD\" ../shallow")
    let engine = try fixture.engine()
    let shallow = try #require(throws: LogError.self) {
      try fixture.run(engine, repository: fixture.directory("shallow"))
    }
    #expect(shallow.message.contains("unshallow"))
    #expect(throws: LogError.self) { try fixture.run(engine, since: "no-such-tag") }
    #expect(try engine.head().position == .none)
    try fixture.run(engine)
    let other = try #require(throws: LogError.self) { try fixture.run(engine, project: "other") }
    #expect(other.code == .idTaken && other.hint?.contains("--project") == true)
    #expect(try engine.entries("patches").count == 4)
  }

  @Test func `ids follow from the commit alone`() {
    let hash = String(repeating: "ab", count: 20)
    let one = CommitIDs(hash: hash, seconds: 1_700_000_000)
    #expect(one.patch == CommitIDs(hash: hash, seconds: 1_700_000_000).patch)
    #expect(one.patch != one.id("ledger"))
    #expect(one.patch.description.hasPrefix("01HF7YAT00"))
    for seconds in [Int64.min, -1, 0, .max] {
      #expect(CommitIDs(hash: hash, seconds: seconds).patch.description.utf8.count == 26)
    }
  }
}

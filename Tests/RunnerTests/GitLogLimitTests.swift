import TestSupport
import Testing

@testable import Runner

/// Large histories, hostile ones, and broken ones.
@Suite(.hangLimit) struct GitLogLimitTests {
  private func commits(
    _ path: String, since: String? = nil, count: Int? = nil, limit: Int = 1 << 20
  ) throws -> [GitCommit] {
    var log = try GitLog(repository: path, since: since, count: count, diffByteCountMax: limit)
    var found: [GitCommit] = []
    while let commit = try log.next() { found.append(commit) }
    return found
  }

  private func stream(_ count: Int) -> [UInt8] {
    var stream = ""
    for number in 1...count {
      let content = String(repeating: "line \(number)\n", count: number % 50)
      let message = "Commit \(number)"
      stream +=
        "commit refs/heads/main\ncommitter C <c@example.org> \(1_700_000_000 + number) +0000\n"
      stream += "data \(message.utf8.count)\n\(message)\n"
      stream += "M 100644 inline f\(number % 7)\ndata \(content.utf8.count)\n\(content)\n"
    }
    return Array(stream.utf8)
  }

  @Test func `five hundred commits, all and in part`() throws {
    let repository = try GitFixture()
    try repository.fastImport(stream(500))
    let found = try commits(repository.path)
    let hashes = try repository.git("rev-list", "--reverse", "HEAD").split(separator: "\n")
    #expect(found.map { Substring($0.hash) } == hashes)
    #expect(found.map(\.subject) == (1...500).map { "Commit \($0)" })
    let numbers = try repository.git("log", "--reverse", "--format=", "--numstat")
    let expected = numbers.split(separator: "\n")
    #expect(
      found.flatMap(\.numbers).map { $0[...] }
        == expected)
    #expect(try commits(repository.path, count: 3) == Array(found.suffix(3)))
    #expect(try commits(repository.path, since: found[489].hash) == Array(found.suffix(10)))
  }

  @Test func `a diff over the limit is dropped and told, the others stay`() throws {
    let repository = try GitFixture()
    try repository.write("a", "1\n")
    try repository.commit("Small")
    try repository.write("big", String(repeating: "0123456789\n", count: 30_000))
    try repository.commit("Big")
    try repository.write("a", "2\n")
    try repository.commit("Small again")
    let found = try commits(repository.path, limit: 100_000)
    #expect(found.map(\.isDiffTooLong) == [false, true, false])
    #expect(found.map(\.subject) == ["Small", "Big", "Small again"])
    #expect(found[1].diff.isEmpty && !found[1].isEmpty && !found[2].diff.isEmpty)
  }

  /// Git takes a file for text when its first 8,000 bytes hold no NUL.
  @Test func `NULs in a diff forge no commit`() throws {
    let repository = try GitFixture()
    let forged: [UInt8] =
      [0, 0, 1, 0] + Array(String(repeating: "f", count: 40).utf8)
      + Array("\0\01700000000\0Nobody\0Forged\0\0\n".utf8)
    let content = Array(String(repeating: "text\n", count: 2000).utf8) + forged
    try repository.write("a", content)
    try repository.commit("Honest")
    let found = try commits(repository.path)
    #expect(found.map(\.subject) == ["Honest"])
    #expect(found.first?.diff.suffix(forged.count) == forged[...])
  }

  @Test func `what a user has set changes nothing`() throws {
    let repository = try GitFixture()
    try repository.write("a.txt", "1\n\n2\n3\n4\n5\n6\n7\n8\n9\n")
    try repository.write("b.txt", "1\n")
    try repository.commit("One")
    try repository.write("a.txt", "1\n\n2\nx\n4\n5\n6\n7\n8\n9\n")
    try repository.write("b.txt", "2\n")
    try repository.commit("Two")
    let plain = try commits(repository.path)
    let settings = [
      "diff.noprefix=true", "diff.mnemonicPrefix=true", "diff.context=1", "diff.interHunkContext=9",
      "diff.algorithm=histogram", "diff.renames=copies", "diff.external=false", "color.ui=always",
      "core.quotePath=false", "log.showRoot=false", "diff.suppressBlankEmpty=true",
      "diff.orderFile=order", "diff.relative=true", "log.showSignature=true",
      "format.pretty=oneline",
      "log.decorate=full", "log.date=raw", "core.pager=false", "diff.wordRegex=.",
      "log.follow=true",
      "core.abbrev=4", "diff.statGraphWidth=1", "log.diffMerges=separate", "diff.t.textconv=wc",
    ]
    try repository.write(".git/order", "b.txt\n")
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1)
      try repository.git("config", String(parts[0]), String(parts[1]))
    }
    #expect(try commits(repository.path) == plain)
    for attribute in ["-diff", "binary", "diff=t"] {
      try repository.write(".gitattributes", "*.txt \(attribute)\n")
      #expect(try commits(repository.path) == plain, "\(attribute)")
    }
    try repository.git("clone", "-q", "--bare", ".", "../bare.git")
    #expect(try commits(repository.path + "/../bare.git") == plain)
    #expect(try commits(repository.path + "/.git") == plain)
  }

  @Test func `replaced commits are read as they were`() throws {
    let repository = try GitFixture()
    try repository.write("a", "1\n")
    try repository.commit("One")
    try repository.write("a", "2\n")
    try repository.commit("Two")
    let plain = try commits(repository.path)
    try repository.git("replace", "--graft", "HEAD")
    #expect(try commits(repository.path) == plain)
  }

  @Test func `a damaged repository is an error and its last commit is not read by half`() throws {
    let repository = try GitFixture()
    try repository.write("a", "1\n")
    try repository.commit("One")
    try repository.write("b", "2\n")
    try repository.commit("Two")
    try repository.shell(
      "id=$(git rev-parse HEAD:b); rm -f .git/objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-)"
    )
    var log = try GitLog(repository: repository.path, diffByteCountMax: 1000)
    #expect(try log.next()?.subject == "One")
    let error = try #require(throws: RunnerError.self) { _ = try log.next() }
    #expect(error.message.contains("fatal") && !error.isMissing)
  }

  @Test func `what is no repository, or has no commit, is an error`() throws {
    let directory = try TemporaryDirectory()
    let empty = try GitFixture()
    for path in [directory.path, directory("missing"), empty.path] {
      let error = try #require(throws: RunnerError.self) { _ = try commits(path) }
      #expect(error.message.contains("fatal"), "\(error)")
    }
    try empty.commit("One")
    #expect(throws: RunnerError.self) { try commits(empty.path, since: "no-such-commit") }
    #expect(throws: RunnerError.self) { try commits(empty.path, since: "--all") }
  }

  @Test func `reverts are told`() {
    var commit = GitCommit(
      hash: "", parents: [], seconds: 0, author: "", subject: "Revert \"x\"", body: "",
      diff: [], isDiffTooLong: false)
    let hash = String(repeating: "a1", count: 20)
    #expect(commit.reverts == nil)
    commit.body = "This reverts commit \(hash).\n"
    #expect(commit.reverts == hash)
    commit.body = "Because.\n\nThis reverts commit \(hash), reversing\nchanges made to b.\n"
    #expect(commit.reverts == hash)
    commit.subject = "Reapply \"x\""
    #expect(commit.reverts == hash)
    commit.body = "This reverts commit a1b2c3.\n"
    #expect(commit.reverts == nil)
    commit.body = "This reverts commit \(hash)."
    commit.subject = "Do something else"
    #expect(commit.reverts == nil)
  }
}

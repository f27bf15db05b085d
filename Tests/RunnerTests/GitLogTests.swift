import Diff
import TestSupport
import Testing

@testable import Runner

@Suite(.hangLimit) struct GitLogTests {
  private func commits(
    _ repository: GitFixture, since: String? = nil, count: Int? = nil, limit: Int = 1 << 20
  ) throws -> [GitCommit] {
    var log = try GitLog(
      repository: repository.path, since: since, count: count, diffByteCountMax: limit)
    var found: [GitCommit] = []
    while let commit = try log.next() { found.append(commit) }
    #expect(try log.next() == nil, "the end stays the end")
    return found
  }

  private func text(_ commit: GitCommit?) -> String {
    String(decoding: commit?.diff ?? [], as: UTF8.self)
  }

  /// The commits are those that git tells of one by one.
  private func check(_ found: [GitCommit], _ repository: GitFixture) throws {
    let hashes = try repository.git("rev-list", "--reverse", "--topo-order", "HEAD")
    #expect(found.map(\.hash) == hashes.split(separator: "\n").map(String.init))
    for commit in found {
      let shown = try repository.git(
        "show", "-s", "--format=%P%x00%ct%x00%an%x00%s%x00%b", commit.hash)
      let fields = shown.dropLast().split(separator: "\0", omittingEmptySubsequences: false)
      #expect(commit.parents == fields[0].split(separator: " ").map(String.init))
      #expect(String(commit.seconds) == fields[1])
      #expect(commit.author == fields[2])
      #expect(commit.subject == fields[3])
      #expect(commit.body == fields[4])
      guard !commit.isMerge, !commit.isDiffTooLong else { continue }
      let counts = try repository.git(
        "show", "--format=", "--numstat", "-z", "--no-renames", commit.hash)
      let expected = counts.split(separator: "\0").map(String.init)
      #expect(commit.numbers == expected)
    }
  }

  @Test func `an ordinary history`() throws {
    let repository = try GitFixture()
    try repository.write("a", "1\n2\n3\n")
    try repository.commit("First\n\nA body\nof two lines.\n\nAnd a last one.")
    try repository.write("a", "1\n3\n4\n")
    try repository.write("b", "no final newline")
    try repository.commit("Second")
    try repository.shell("git rm -q a")
    try repository.commit("Third")
    let found = try commits(repository)
    try check(found, repository)
    #expect(found.count == 3 && found.allSatisfy { !$0.isMerge && !$0.isEmpty })
    #expect(found[0].seconds == 1_700_000_600 && found[0].author == "Ä. Author")
    #expect(found[0].parents.isEmpty && found[1].parents == [found[0].hash])
    #expect(text(found[1]).contains("\\ No newline at end of file"))
    #expect(text(found[2]).hasPrefix("diff --git a/a b/a\ndeleted file mode 100644\n"))
  }

  @Test func `each diff makes the commit's tree out of its parent's`() throws {
    let repository = try GitFixture()
    try repository.write("a", "1\n2\n3\n")
    try repository.write("crlf", "1\r\n2\r\n")
    try repository.commit("One")
    try repository.write("a", "1\n\n2\n3")
    try repository.write("crlf", "1\r\n2\n")
    try repository.write("ü \"x\"\t.txt", "a\n\n b\n")
    try repository.shell("chmod +x a; ln -s a link; : > empty")
    try repository.commit("Two")
    try repository.shell("git mv a moved; git mv crlf 'c r'")
    try repository.commit("Three")
    let found = try commits(repository)
    try check(found, repository)
    try repository.shell("git checkout -q --orphan again; git rm -rqf .")
    for commit in found {
      try repository.write("../patch", commit.diff)
      try repository.shell("git apply --index --whitespace=nowarn ../patch")
      let tree = try repository.git("write-tree")
      #expect(tree == (try repository.git("rev-parse", "\(commit.hash)^{tree}")))
    }
  }

  @Test func `empty commits, mode changes, links, renames and binary files`() throws {
    let repository = try GitFixture()
    try repository.write("a", "1\n2\n3\n")
    try repository.commit("Add")
    try repository.commit("Empty")
    try repository.shell("chmod +x a")
    try repository.commit("Mode")
    try repository.shell("ln -s a link")
    try repository.commit("Link")
    try repository.shell("git mv a b")
    try repository.commit("Rename")
    try repository.write("binary", [0, 1, 2, 255])
    try repository.commit("Binary")
    try repository.write("empty", "")
    try repository.commit("Empty file")
    let found = try commits(repository)
    try check(found, repository)
    #expect(found.map(\.isEmpty) == [false, true, false, false, false, false, false])
    #expect(text(found[2]) == "diff --git a/a b/a\nold mode 100644\nnew mode 100755\n")
    #expect(text(found[3]).contains("new file mode 120000"))
    #expect(found[4].paths == ["a", "b"])
    #expect(found[5].numbers == ["-\t-\tbinary"])
    #expect(text(found[5]).contains("Binary files /dev/null and b/binary differ"))
    #expect(found[6].paths == ["empty"] && !found[6].diff.isEmpty)
  }

  @Test func `merges have their parents`() throws {
    let repository = try GitFixture()
    try repository.write("a", "1\n")
    try repository.commit("One")
    try repository.shell("git checkout -q -b side")
    try repository.write("b", "1\n")
    try repository.commit("Side")
    try repository.shell("git checkout -q main")
    try repository.write("c", "1\n")
    try repository.commit("Main")
    try repository.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    let found = try commits(repository)
    try check(found, repository)
    #expect(found.map(\.isMerge) == [false, false, false, true])
    #expect(found.last?.subject == "Merge side" && found.last?.diff.isEmpty == true)
  }

  @Test func `odd paths`() throws {
    let repository = try GitFixture()
    let names = [
      "ü", "语言", "a b", "tab\there", "line\nend", "quote\"", "back\\slash", "-dash", "a\u{1}",
    ]
    for name in names { try repository.write(name, "1\n") }
    try repository.commit("Odd")
    let found = try commits(repository)
    try check(found, repository)
    #expect(Set(found[0].paths) == Set(names))
  }

  @Test func `a diff keeps its bytes`() throws {
    let repository = try GitFixture()
    let content: [UInt8] = Array("caf".utf8) + [0xE9, 0x0A] + Array("\u{1B}[31m\r\n".utf8)
    try repository.write("latin", content)
    try repository.commit("Latin")
    let commit = try #require(try commits(repository).first)
    let added = Array("+caf".utf8) + [0xE9, 0x0A] + Array("+\u{1B}[31m\r\n".utf8)
    #expect(commit.diff.suffix(added.count) == added[...])
  }

  @Test func `messages that look like fields`() throws {
    let repository = try GitFixture()
    try repository.write("a", "1\n")
    try repository.commit(
      "%x00%H \\0 \\x00 diff --git a/a b/a\n\n1\t2\tx\n\ndiff --git a/x b/x\n@@ 1")
    try repository.write("a", "2\n")
    try repository.commit("")
    let found = try commits(repository)
    try check(found, repository)
    #expect(found.map(\.paths.count) == [1, 1] && found[1].subject.isEmpty)
  }

  @Test func `a message in another encoding is read as UTF-8`() throws {
    let repository = try GitFixture()
    try repository.write("message", Array("Caf".utf8) + [0xE9, 0x0A])
    try repository.shell(
      "git -c i18n.commitEncoding=ISO-8859-1 commit -q --allow-empty -F message")
    #expect(try commits(repository).map(\.subject) == ["Café"])
  }
}

extension GitCommit {
  /// What its diff touches.
  var paths: [String] {
    UnifiedDiff(ofHistory: diff.span).filesTouched.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// The lines that `git show --numstat` prints.
  var numbers: [String] {
    UnifiedDiff(ofHistory: diff.span).files.map { file in
      let counts = file.binary == nil ? "\(file.insertions)\t\(file.deletions)" : "-\t-"
      return counts + "\t" + String(decoding: file.path?.bytes ?? [], as: UTF8.self)
    }
  }
}

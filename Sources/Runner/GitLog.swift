/// Reads a repository's history, oldest commit first, with each commit's diff: one `git` process,
/// whose output is taken in as it comes.
package struct GitLog: ~Copyable {
  private var process: ChildProcess
  private var buffer: [UInt8] = []
  private var place = 0
  private var isAtEnd = false
  /// Longer diffs are dropped, and the commit says so.
  private let diffByteCountMax: Int

  /// Before each commit: drawn by lot, because files that git takes for text may hold any bytes.
  private let separator: [UInt8]

  /// Variables that keep the output the same whatever the user's git is set to; a hook's own
  /// repository must not stand in for the one that is asked for, nor what its commit was made with
  /// for what another one is made with.
  package static let environment: [String: String?] = {
    var environment = fixed
    ChildProcess.forEachVariable { variable in
      let name = String(decoding: variable.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
      // Git sets these for the hooks of a commit, and only there it names the index: elsewhere
      // somebody means the author to be this one.
      if name == "GIT_INDEX_FILE" {
        environment.updateValue(nil, forKey: "GIT_AUTHOR_NAME")
        environment.updateValue(nil, forKey: "GIT_AUTHOR_EMAIL")
      }
    }
    return environment
  }()

  private static let fixed: [String: String?] = [
    "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_PAGER": "cat", "GIT_EXTERNAL_DIFF": nil,
    "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_DIFF_OPTS": nil, "GIT_DIR": nil, "GIT_WORK_TREE": nil, "GIT_COMMON_DIR": nil,
    "GIT_INDEX_FILE": nil, "GIT_OBJECT_DIRECTORY": nil, "GIT_ALTERNATE_OBJECT_DIRECTORIES": nil,
    "GIT_NAMESPACE": nil, "GIT_PREFIX": nil, "GIT_GRAFT_FILE": nil, "GIT_SHALLOW_FILE": nil,
    "GIT_ATTR_NOSYSTEM": "1", "GIT_LITERAL_PATHSPECS": nil, "GIT_ICASE_PATHSPECS": nil,
    // Those of `GIT_CONFIG_COUNT` stay: people set them, such as `safe.directory` in a container.
    "GIT_AUTHOR_DATE": nil, "GIT_COMMITTER_DATE": nil, "GIT_CONFIG_PARAMETERS": nil,
  ]

  /// Settings that would change what a diff says, and with it the events of a commit.
  private static let settings = [
    "core.quotePath=true", "core.attributesFile=/dev/null", "diff.suppressBlankEmpty=false",
    "log.showRoot=true", "log.showSignature=false",
  ].flatMap { ["-c", $0] }

  private static let diffOptions = [
    "-p", "--full-index", "--unified=3", "--inter-hunk-context=0",
    "--diff-algorithm=myers", "--indent-heuristic", "--src-prefix=a/", "--dst-prefix=b/",
    "--submodule=short", "--ignore-submodules=none", "--no-relative", "-O/dev/null",
    "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--no-notes",
  ]

  /// Starts reading.
  ///
  /// - Parameters:
  ///   - since: leaves out this commit and all that it descends from.
  ///   - count: at most this many commits, the newest ones.
  package init(
    repository: String, since: String? = nil, count: Int? = nil, diffByteCountMax: Int
  ) throws(RunnerError) {
    let lot = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined()
    separator = [0] + Array(lot.utf8) + [0]
    // Read from inside of the git directory: attributes of a work tree change what a diff says, and
    // differ from one checkout to the next.
    let directory = try GitCommand.output(in: repository, ["rev-parse", "--absolute-git-dir"])
      .droppingLineEnd
    var arguments = ["-C", directory, "--git-dir=\(directory)"] + Self.settings
    arguments += [
      "log", "--reverse", "--topo-order", "--encoding=UTF-8",
      "--format=%x00\(lot)%x00%H%x00%P%x00%ct%x00%an%x00%s%x00%b%x00",
    ]
    arguments += Self.diffOptions
    if let count { arguments.append("--max-count=\(count)") }
    arguments += ["--end-of-options", since.map { "\($0)..HEAD" } ?? "HEAD", "--"]
    process = try ChildProcess("git", arguments, environment: Self.environment)
    self.diffByteCountMax = diffByteCountMax
  }

  /// The next commit; nil at the end.
  ///
  /// Throws when git failed.
  package mutating func next() throws(RunnerError) -> GitCommit? {
    guard try skipSeparator() else { return nil }
    let hash = try text()
    let parents = try text().split(separator: " ").map(String.init)
    let seconds = Int64(try text()) ?? 0
    let author = try text()
    let subject = try text()
    let body = try text()
    let (rest, isTooLong) = try untilSeparator()
    // An empty line stands before it.
    let diff = isTooLong ? [] : rest.drop { $0 == 0x0A }
    return GitCommit(
      hash: hash, parents: parents, seconds: seconds, author: author, subject: subject,
      body: body, diff: Array(diff), isDiffTooLong: isTooLong)
  }

  /// Reads more of git's output; false at its end.
  ///
  /// Throws when git failed: what it printed last may be half a commit.
  private mutating func fill() throws(RunnerError) -> Bool {
    guard !isAtEnd else { return false }
    if place > 0 {
      buffer.removeFirst(place)
      place = 0
    }
    let more = try process.read(1 << 16)
    guard more.isEmpty else {
      buffer += more
      return true
    }
    isAtEnd = true
    let (code, errors) = try process.wait()
    guard code == 0 else {
      throw RunnerError(program: "git log", message: errors, isMissing: false)
    }
    return false
  }

  private mutating func skipSeparator() throws(RunnerError) -> Bool {
    while true {
      if let start = find(separator, from: place) {
        place = start + separator.count
        return true
      }
      guard try fill() else { return false }
    }
  }

  /// The text up to the next NUL, invalid UTF-8 replaced.
  private mutating func text() throws(RunnerError) -> String {
    var searched = place
    while true {
      if let end = buffer[searched...].firstIndex(of: 0) {
        defer { place = end + 1 }
        return String(decoding: buffer[place..<end], as: UTF8.self)
      }
      let known = buffer.count - place
      guard try fill() else { return "" }
      searched = place + known
    }
  }

  private mutating func untilSeparator() throws(RunnerError) -> ([UInt8], isTooLong: Bool) {
    var collected: [UInt8] = []
    var isTooLong = false
    while true {
      let end = find(separator, from: place)
      // The separator may be cut in two by the end of what was read so far.
      let safe = end ?? max(place, buffer.count - separator.count)
      isTooLong = isTooLong || collected.count + safe - place > diffByteCountMax
      if !isTooLong { collected += buffer[place..<safe] }
      place = safe
      if end != nil { return (collected, isTooLong) }
      guard try fill() else {
        collected += isTooLong ? [] : buffer[place...]
        place = buffer.count
        return (collected, isTooLong)
      }
    }
  }

  private func find(_ pattern: [UInt8], from start: Int) -> Int? {
    var index = start
    while let candidate = buffer[index...].firstIndex(of: 0) {
      guard candidate + pattern.count <= buffer.count else { return nil }
      if buffer[candidate..<candidate + pattern.count].elementsEqual(pattern) { return candidate }
      index = candidate + 1
    }
    return nil
  }
}

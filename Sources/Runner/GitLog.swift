/// Reads a repository's history, oldest commit first, with each commit's diff: one `git` process,
/// whose output is taken in as it comes.
package struct GitLog: ~Copyable {
  private var process: ChildProcess
  private var buffer: [UInt8] = []
  private var place = 0
  private var isAtEnd = false
  /// Longer diffs are dropped, and the commit says so.
  private let diffByteCountMax: Int

  /// Before each commit.
  ///
  /// Diffs of text hold no NUL, so nothing of a commit looks like it.
  private static let separator: [UInt8] = [0, 0, 1, 0]
  private static let format = "%x00%x00%x01%x00%H%x00%P%x00%ct%x00%an%x00%s%x00%b%x00"

  /// Settings that keep the output the same whatever the user's git is set to.
  package static let environment = [
    "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_PAGER": "cat", "GIT_EXTERNAL_DIFF": "",
    "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
  ]

  /// Starts reading.
  ///
  /// - Parameters:
  ///   - since: leaves out this commit and all that it descends from.
  ///   - count: at most this many commits, the newest ones.
  package init(
    repository: String, since: String? = nil, count: Int? = nil, diffByteCountMax: Int
  ) throws(RunnerError) {
    var arguments = [
      "-C", repository, "-c", "core.quotePath=true", "-c", "diff.noprefix=false",
      "-c", "diff.mnemonicPrefix=false", "-c", "log.showSignature=false",
      "log", "--reverse", "--topo-order", "--encoding=UTF-8", "--format=\(Self.format)",
      "--numstat", "-p",
      "--full-index", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--no-notes",
    ]
    if let count { arguments.append("--max-count=\(count)") }
    arguments += ["--end-of-options", since.map { "\($0)..HEAD" } ?? "HEAD", "--"]
    process = try ChildProcess("git", arguments, environment: Self.environment)
    self.diffByteCountMax = diffByteCountMax
  }

  /// The next commit; nil at the end.
  ///
  /// Throws when git failed.
  package mutating func next() throws(RunnerError) -> GitCommit? {
    guard try skipSeparator() else {
      let (code, errors) = try process.wait()
      guard code == 0 else {
        throw RunnerError(program: "git log", message: errors, isMissing: false)
      }
      return nil
    }
    let hash = try text()
    let parents = try text().split(separator: " ").map(String.init)
    let seconds = Int64(try text()) ?? 0
    let author = try text()
    let subject = try text()
    let body = try text()
    let (rest, isTooLong) = try untilSeparator()
    let (files, diff) = NumberedDiff.split(rest)
    return GitCommit(
      hash: hash, parents: parents, seconds: seconds, author: author, subject: subject,
      body: body, files: files, diff: isTooLong ? [] : Array(diff), isDiffTooLong: isTooLong)
  }

  /// Reads more of git's output; false at its end.
  private mutating func fill() throws(RunnerError) -> Bool {
    guard !isAtEnd else { return false }
    if place > 0 {
      buffer.removeFirst(place)
      place = 0
    }
    let more = try process.read(1 << 16)
    isAtEnd = more.isEmpty
    buffer += more
    return !isAtEnd
  }

  private mutating func skipSeparator() throws(RunnerError) -> Bool {
    while true {
      if let start = find(Self.separator, from: place) {
        place = start + Self.separator.count
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
      let end = find(Self.separator, from: place)
      // The separator may be cut in two by the end of what was read so far.
      let safe = end ?? max(place, buffer.count - Self.separator.count)
      if collected.count + safe - place > diffByteCountMax {
        isTooLong = true
      } else {
        collected += buffer[place..<safe]
      }
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

extension GitLog {
  /// Runs a short git command and returns what it printed.
  package static func output(
    repository: String, _ arguments: [String]
  ) throws(RunnerError) -> String {
    var process = try ChildProcess(
      "git", ["-C", repository] + arguments, environment: environment)
    var text: [UInt8] = []
    while text.count < 1 << 20 {
      let more = try process.read(1 << 12)
      if more.isEmpty { break }
      text += more
    }
    let (code, errors) = try process.wait()
    guard code == 0 else { throw RunnerError(program: "git", message: errors, isMissing: false) }
    return String(decoding: text, as: UTF8.self)
  }
}

import Bytes
import TestSupport

/// A history that no person would write: a stream for `git fast-import`, the same for one seed.
///
/// Each commit adds, edits, deletes, renames, copies files or changes their modes and types, under
/// names and with lines that look like parts of a diff.
struct AwkwardHistory {
  private var random: SeededEntropy
  private var files: [[UInt8]: (mode: String, content: [UInt8])] = [:]
  private var out: [UInt8] = []
  private var made = 0

  static func stream(commits: Int, seed: UInt64) -> [UInt8] {
    var history = AwkwardHistory(random: SeededEntropy(seed: seed))
    for number in 1...commits { history.commit(number) }
    return history.out
  }

  private init(random: SeededEntropy) {
    self.random = random
  }

  private mutating func commit(_ number: Int) {
    put("commit refs/heads/main\nmark :\(number)\n")
    put("committer C <c@example.org> \(1_700_000_000 + number) +0000\n")
    data(Array("commit \(number)\n\ndiff --git a/.env b/.env\n- not a change\n".utf8))
    if number > 1 { put("from :\(number - 1)\n") }
    var done: Set<[UInt8]> = []
    for _ in 0..<random.int(1...4) { change(&done) }
  }

  private mutating func change(_ done: inout Set<[UInt8]>) {
    let known = files.keys.filter { !done.contains($0) }.sorted { $0.lexicographicallyPrecedes($1) }
    guard let path = random.pick(known), !random.chance(4) else { return add(&done) }
    guard let file = files[path] else { return }
    done.insert(path)
    switch random.int(0...9) {
    case 0: delete(path)
    case 1, 2: rename(path, file.mode, file.content, &done)
    case 3 where file.mode == "100644": write(path, "100755", file.content)
    case 3 where file.mode == "100755": write(path, "100644", edited(file.content))
    case 4: write(path, random.chance(2) ? "120000" : "100644", content())
    case 5 where file.mode == "100644": write(newPath(&done), "100644", edited(file.content))
    case _ where file.mode == "160000": write(path, "160000", [])
    default: write(path, file.mode, edited(file.content))
    }
  }

  private mutating func add(_ done: inout Set<[UInt8]>) {
    let mode = random.pick(["100644", "100644", "100644", "100755", "120000", "160000"])
    write(newPath(&done), mode ?? "100644", content())
  }

  private mutating func rename(
    _ path: [UInt8], _ mode: String, _ content: [UInt8], _ done: inout Set<[UInt8]>
  ) {
    let target = newPath(&done)
    delete(path)
    write(target, mode, random.chance(2) || mode == "160000" ? content : edited(content))
  }

  private mutating func delete(_ path: [UInt8]) {
    files[path] = nil
    put("D ")
    name(path)
  }

  private mutating func write(_ path: [UInt8], _ mode: String, _ content: [UInt8]) {
    if mode == "160000" {
      let digest = (0..<40).map { _ in "0123456789abcdef".randomElement(using: &random) ?? "0" }
      put("M 160000 \(String(digest)) ")
      files[path] = (mode, Array(String(digest).utf8))
      return name(path)
    }
    // Links have no lines.
    let stored =
      mode == "120000" ? Array(content.prefix { $0 != 0x0A && $0 != 0 }) + [0x78] : content
    files[path] = (mode, stored)
    put("M \(mode) inline ")
    name(path)
    data(stored)
  }

  private mutating func newPath(_ done: inout Set<[UInt8]>) -> [UInt8] {
    let names: [[UInt8]] =
      [
        "a", "b", "a/a", "b/x", "x b/x", "my file.py", "api/x.py", "tab\there", "qu\"ote", "café/語",
        "-dash", "back\\slash", "new\nline", "dev/null", "x.orig", " lead", "trail ", "a b/a b",
      ].map { Array($0.utf8) } + [[0xFF, 0x2F, 0xE9]]
    made += 1
    let base = random.pick(names) ?? []
    let folder = random.chance(2) ? Array("d\(made % 5)/".utf8) : []
    // A number keeps a file from being another one's folder.
    let path = folder + Array("\(made)".utf8) + base
    done.insert(path)
    return path
  }

  private static let lines = [
    "-- old", "---", "--- a/x", "++i;", "+++ b/x", "@@ -1 +1 @@", "diff --git a/evil b/evil", "",
    " ", "\\ No newline at end of file", "GIT binary patch", "Binary files a and b differ",
    "rename from x", "carriage\r", "plain", "plain", "語", "-- ", "index 123..456 100644",
  ]

  private mutating func content() -> [UInt8] {
    if random.chance(8) { return [] }
    if random.chance(8) { return [0] + random.bytes(random.int(1...300)) }
    let count = random.int(1...40)
    return finish((0..<count).map { _ in line() })
  }

  private mutating func line() -> [UInt8] {
    if random.chance(20) { return [0xE9, 0xFF, 0x41] }
    return Array((random.pick(Self.lines) ?? "").utf8)
  }

  private mutating func edited(_ content: [UInt8]) -> [UInt8] {
    if content.contains(0) { return content + random.bytes(3) }
    var lines = content.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    for _ in 0..<random.int(1...3) {
      let at = random.int(0...lines.count)
      switch random.int(0...2) {
      case 0 where at < lines.count: lines.remove(at: at)
      case 1 where at < lines.count: lines[at] = line()
      default: lines.insert(line(), at: at)
      }
    }
    return finish(lines)
  }

  /// One file in six lacks its last newline.
  private mutating func finish(_ lines: [[UInt8]]) -> [UInt8] {
    Array(lines.joined(separator: [0x0A])) + (random.chance(6) ? [] : [0x0A])
  }

  private mutating func put(_ text: String) { out += text.utf8 }

  private mutating func data(_ bytes: [UInt8]) {
    put("data \(bytes.count)\n")
    out += bytes + [0x0A]
  }

  /// In C's quotes, each byte in octal digits.
  private mutating func name(_ path: [UInt8]) {
    put("\"")
    for byte in path { put("\\" + [byte / 64, byte / 8 % 8, byte % 8].map(String.init).joined()) }
    put("\"\n")
  }
}

import Bytes
import Diff
import TestSupport
import Testing

@testable import Runner

extension DiffAgreementTests {
  @Test func `what git makes of mutated headers is what was told of them, or they were refused`()
    throws
  {
    let repository = try GitFixture()
    for name in ["x", "y", ".env", "e", "d/q"] {
      try repository.shell("mkdir -p d; printf '1\\n2\\n3\\n' > \(name)")
    }
    try repository.shell("chmod +x e; mkdir ../diffs")
    try repository.commit("base")
    var random = SeededEntropy(seed: 11)
    var told: [Int: UnifiedDiff] = [:]
    for number in 0..<2_000 where told.count < 400 {
      let text = MutatedHeaders.text(&random)
      let diff = UnifiedDiff(parsing: Array(text.utf8).span)
      guard diff.faults.isEmpty else { continue }
      told[number] = diff
      try Files.write("\(repository.path)/../diffs/\(number)", Array(text.utf8))
    }
    try repository.shell(
      """
      for file in ../diffs/*; do
        git read-tree HEAD
        code=0
        git apply --cached --whitespace=nowarn $file 2> /dev/null || code=$?
        test $code -lt 129 || { cat $file >&2; exit $code; }
        test $code -ne 0 || git diff-index --cached --raw --no-renames HEAD > $file.raw
      done
      """)
    var applied = 0
    for (number, diff) in told {
      let file = "\(repository.path)/../diffs/\(number)"
      guard let raw = try? Files.read(file + ".raw") else { continue }
      applied += 1
      for line in raw.split(separator: 0x0A) {
        let problem = Self.untold(String(decoding: line, as: UTF8.self), diff)
        let text = String(decoding: try Files.read(file), as: UTF8.self)
        #expect(problem == nil, "\(problem ?? "") in \(text.debugDescription)")
      }
    }
    // The control: much of it can be applied.
    #expect(applied > 100)
  }

  /// What a line of `git diff-index --raw` says that the diff was not known to do.
  private static func untold(_ line: String, _ diff: UnifiedDiff) -> String? {
    let parts = line.split(separator: "\t")
    let fields = parts[0].split(separator: " ")
    guard parts.count == 2, fields.count == 5 else { return "unreadable: \(line)" }
    let path = DiffPath(String(parts[1]))
    let (old, new) = (fields[0].dropFirst(), fields[1])
    let files = diff.files.filter { $0.touched.contains(path) }
    if files.isEmpty { return "\(path) is touched" }
    switch fields[4] {
    case "A":
      if files.contains(where: { $0.newPath == path && $0.oldPath != path }) { break }
      return "\(path) is new"
    case "D":
      if files.contains(where: { $0.oldPath == path && $0.newPath != path }) { return nil }
      return "\(path) is gone"
    default: break
    }
    let modes = files.filter { $0.newPath == path }.map { $0.newMode?.rawValue }
    if old != new, fields[4] != "A" || new == "120000", !modes.contains(String(new)) {
      return "\(path) has the mode \(new)"
    }
    return nil
  }
}

/// Sections as git writes them, with lines of headers put in, taken out and doubled.
private enum MutatedHeaders {
  private static let names = ["x", "y", ".env", "e", "d/q"]

  static func text(_ random: inout SeededEntropy) -> String {
    (0..<random.int(1...2)).map { _ in mutated(&random) }.joined()
  }

  private static func mutated(_ random: inout SeededEntropy) -> String {
    var lines = section(&random).split(separator: "\n").map(String.init)
    for _ in 0..<random.int(0...2) {
      let place = random.int(0...(lines.count - 1))
      switch random.int(0...9) {
      case 0...6: lines.insert(contentsOf: header(&random), at: place + 1)
      case 7: lines.remove(at: place)
      default: lines.insert(lines[place], at: place)
      }
      if lines.isEmpty { return "" }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func section(_ random: inout SeededEntropy) -> String {
    let name = random.pick(names) ?? "x"
    let new = random.pick(["new", "d/new", "n/e/w"]) ?? "new"
    let (old, other) = name == "e" ? ("100755", "100644") : ("100644", "100755")
    let git = "diff --git a/\(name) b/\(name)\n"
    let pair = "--- a/\(name)\n+++ b/\(name)\n"
    let hunk = "@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n"
    let gone = "@@ -1,3 +0,0 @@\n-1\n-2\n-3\n"
    let made = "@@ -0,0 +1 @@\n+n\n"
    let move = "diff --git a/\(name) b/\(new)\n"
    switch random.int(0...11) {
    case 0: return git + pair + hunk
    case 1: return git + "old mode \(old)\nnew mode \(other)\n"
    case 2: return git + "old mode \(old)\nnew mode \(other)\n" + pair + hunk
    case 3:
      return "diff --git a/\(new) b/\(new)\nnew file mode 100644\n--- /dev/null\n+++ b/\(new)\n"
        + made
    case 4: return git + "deleted file mode \(old)\n--- a/\(name)\n+++ /dev/null\n" + gone
    case 5: return move + "rename from \(name)\nrename to \(new)\n"
    case 6:
      return move + "copy from \(name)\ncopy to \(new)\n--- a/\(name)\n+++ b/\(new)\n" + hunk
    case 7: return pair + hunk
    // Names without hunks, behind which more could stand.
    case 9: return git + "old mode \(old)\nnew mode \(other)\n" + pair
    case 10:
      return "diff --git a/\(new) b/\(new)\nnew file mode 100644\n--- /dev/null\n+++ b/\(new)\n"
    case 8: return "--- a/\(new)\n+++ b/\(new)\n" + made
    default: return "diff --git a/\(new) b/\(new)\nnew file mode 100644\n"
    }
  }

  private static func header(_ random: inout SeededEntropy) -> [String] {
    let name = random.pick(names + ["new"]) ?? "x"
    let other = random.pick(names + ["new"]) ?? "x"
    let lines = [
      ["old mode 100644"], ["new mode 100755"], ["new mode 100644"], ["new file mode 100644"],
      ["new file mode 120000"], ["deleted file mode 100644"], ["rename from \(name)"],
      ["rename to \(name)"], ["rename from \(name)", "rename to \(other)"],
      ["copy from \(name)", "copy to \(other)"], ["similarity index 100%"],
      ["index 1234567..89abcde"],
      ["diff --git a/\(name) b/\(name)"], ["diff --git a/\(name) b/\(other)"], ["--- a/\(name)"],
      ["+++ b/\(name)"], ["--- /dev/null"], ["+++ /dev/null"], ["a sentence"], [""],
      ["@@ -0,0 +1 @@", "+n"], ["old mode 100644", "new mode 100755"],
    ]
    return random.pick(lines) ?? []
  }
}

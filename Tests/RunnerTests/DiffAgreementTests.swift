import Diff
import TestSupport
import Testing

@testable import Runner

/// git itself judges what is read of its diffs.
@Suite struct DiffAgreementTests {
  /// A file of `git show --numstat -z -M`: counts are nil for binary files.
  private struct Numbers: Equatable, CustomStringConvertible {
    var paths: [[UInt8]]
    var insertions: Int?
    var deletions: Int?

    var description: String {
      "\(insertions ?? -1) \(deletions ?? -1) \(paths.map { DiffPath($0).text })"
    }
  }

  @Test func `files and counts are git's, and reverse diffs lead back to each parent's tree`()
    throws
  {
    let repository = try GitFixture()
    try repository.fastImport(AwkwardHistory.stream(commits: 1_000, seed: 7))
    // One file for each commit, newest first, so that each reversal leads to the next one's tree.
    try repository.shell(
      """
      mkdir ../out; number=1000
      for commit in $(git rev-list HEAD); do
        git show --numstat -z -M --format= $commit > ../out/$number.numbers
        git show -p --binary -M --format= $commit > ../out/$number.diff
        git rev-parse $commit^{tree} > ../out/$number.tree
        number=$((number - 1))
      done
      """)
    let directory = repository.path + "/../out/"
    for number in 1...1_000 {
      let text = try Files.read("\(directory)\(number).diff")
      let diff = UnifiedDiff(parsing: text.span)
      try #require(diff.faults.isEmpty, "commit \(number): \(diff.faults)")
      let wanted = try Self.numbers(Files.read("\(directory)\(number).numbers"))
      try #require(Self.found(diff, beside: wanted) == wanted, "commit \(number)")
      let reverse = Reversal.bytes(of: diff, in: text.span)
      try Files.write("\(directory)\(number).reverse", #require(reverse, "commit \(number)"))
    }
    try repository.shell(
      """
      git read-tree HEAD
      for number in $(seq 1000 -1 2); do
        if [ -s ../out/$number.reverse ]; then
          git apply --cached --whitespace=nowarn --unidiff-zero ../out/$number.reverse
        fi
        test $(git write-tree) = $(cat ../out/$((number - 1)).tree) || { echo $number >&2; exit 1; }
      done
      """)
  }

  /// What git would have printed for this diff.
  private static func found(_ diff: UnifiedDiff, beside wanted: [Numbers]) -> [Numbers] {
    let unchangedBinaries = Set(wanted.filter { $0.insertions == nil }.map(\.paths))
    var found: [Numbers] = []
    for file in diff.files {
      let isMoved = file.kind == .rename || file.kind == .copy
      let paths = (isMoved ? [file.oldPath, file.newPath] : [file.path]).compactMap { $0?.bytes }
      let isBinary = file.binary != nil
      var numbers = Numbers(
        paths: paths, insertions: isBinary ? nil : file.insertions,
        deletions: isBinary ? nil : file.deletions)
      // git looks into a file to tell whether it is binary even where its content stays.
      if file.hunks.isEmpty, unchangedBinaries.contains(paths) {
        numbers = Numbers(paths: paths)
      }
      // A change of type is one file in the numbers and two sections in the diff.
      if let last = found.last, last.paths == paths {
        found[found.count - 1] = Numbers(
          paths: paths, insertions: sum(last.insertions, numbers.insertions),
          deletions: sum(last.deletions, numbers.deletions))
      } else {
        found.append(numbers)
      }
    }
    return found
  }

  private static func sum(_ one: Int?, _ other: Int?) -> Int? {
    guard let one, let other else { return nil }
    return one + other
  }

  private static func numbers(_ bytes: [UInt8]) throws -> [Numbers] {
    var fields = bytes.split(separator: 0, omittingEmptySubsequences: false)[...]
    var numbers: [Numbers] = []
    while let field = fields.popFirst(), !field.isEmpty {
      let parts = field.split(separator: 0x09, maxSplits: 2, omittingEmptySubsequences: false)
      try #require(parts.count == 3)
      var paths = [Array(parts[2])]
      if parts[2].isEmpty {
        paths = [fields.popFirst(), fields.popFirst()].map { Array($0 ?? []) }
      }
      let counts = parts.prefix(2).map { Int(String(decoding: $0, as: UTF8.self)) }
      numbers.append(Numbers(paths: paths, insertions: counts[0], deletions: counts[1]))
    }
    return numbers
  }
}

/// A finding and how much its rule knows about it: smaller is more.
struct Match {
  var finding: Finding
  var rank: Int

  static let literal = 0
  static let shape = 1
  static let assignment = 2

  /// Findings in order and apart: of those that overlap, one remains that covers them all, under
  /// the rule of the longest, or of equals the one that knows most.
  static func resolved(_ matches: [Match], apartFrom markers: [Range<Int>]) -> [Finding] {
    let sorted = matches.sorted {
      ($0.finding.range.lowerBound, $0.rank) < ($1.finding.range.lowerBound, $1.rank)
    }
    var results: [Match] = []
    var longest = 0
    var marker = 0
    for match in sorted {
      let range = match.finding.range
      while marker < markers.count, markers[marker].upperBound <= range.lowerBound { marker += 1 }
      if marker < markers.count, markers[marker].overlaps(range) { continue }
      guard let last = results.last, last.finding.range.upperBound > range.lowerBound else {
        results.append(match)
        longest = range.count
        continue
      }
      var covering = last
      let end = max(last.finding.range.upperBound, range.upperBound)
      covering.finding.range = last.finding.range.lowerBound..<end
      if range.count > longest || range.count == longest && match.rank < last.rank {
        longest = range.count
        covering.finding.rule = match.finding.rule
        covering.rank = match.rank
      }
      results[results.count - 1] = covering
    }
    return results.map(\.finding)
  }
}

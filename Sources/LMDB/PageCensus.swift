/// What became of the pages of a data file.
package struct PageCensus: Hashable, Sendable {
  /// Up to the last one; the two first pages are among them.
  package let pages: UInt64
  /// Those in trees.
  package internal(set) var used: UInt64 = 0
  /// Those that may be written anew.
  package internal(set) var free: UInt64 = 0
  /// Those of `used` that hold tables; the others hold the list of free pages.
  package internal(set) var tables: UInt64 = 0
  package internal(set) var trees = 0
  /// The first that were found to be wrong.
  package private(set) var findings: [PageFinding] = []
  package private(set) var findingCount = 0
  /// Whether something refers to pages that the file has lost.
  package private(set) var refersToLostPages = false
  /// Whether the tables themselves are right, so that everything can be read.
  package private(set) var isReadable = true

  package static let findingsMax = 20

  init(pages: UInt64) { self.pages = pages }

  /// Pages that are in no tree and in no list: wasted, but no damage.
  package var unused: UInt64 { pages &- min(pages, used &+ free &+ 2) }

  mutating func add(_ finding: PageFinding) {
    findingCount += 1
    if findings.count < Self.findingsMax { findings.append(finding) }
    if finding.fault.isOfLostPages { refersToLostPages = true }
    if finding.owner != .freePages { isReadable = false }
  }
}

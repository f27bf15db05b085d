internal import Diff

/// Whatever stands in a diff, what is read of it lies inside the text, and its reverse says the
/// opposite.
@Sendable func fuzzPatch(_ bytes: [UInt8]) {
  let diff = UnifiedDiff(parsing: bytes.span)
  promise(!diff.files.isEmpty || !diff.faults.isEmpty, "neither files nor a fault")
  var end = 0
  for file in diff.files {
    promise(
      file.range.lowerBound >= end && file.range.upperBound <= bytes.count, "a section's range")
    end = file.range.upperBound
    promise(!file.touched.isEmpty, "a section that touches nothing")
    for hunk in file.hunks {
      promise(file.range.contains(hunk.body.lowerBound), "a hunk outside of its section")
      promise(hunk.body.upperBound <= file.range.upperBound, "a hunk that ends outside")
      let changes = file.kind == .combined || hunk.insertions + hunk.deletions > 0
      promise(changes, "a hunk without a change")
    }
  }
  if let extracted = extracted(bytes) {
    let again = UnifiedDiff(parsing: extracted.span)
    promise(again.faults.isEmpty, "what was extracted has faults: \(again.faults)")
  }
  guard let reverse = Reversal.bytes(of: diff, in: bytes.span) else { return }
  let other = UnifiedDiff(parsing: reverse.span)
  promise(other.faults.isEmpty, "the reverse has faults: \(other.faults)")
  promise(other.insertions == diff.deletions, "the reverse adds other lines than were removed")
  promise(other.deletions == diff.insertions, "the reverse removes other lines than were added")
  promise(Set(other.filesTouched) == Set(diff.filesTouched), "the reverse touches other files")
}

private func extracted(_ bytes: [UInt8]) -> [UInt8]? { Extraction.diff(in: bytes.span) }

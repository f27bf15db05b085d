@testable import Diff

/// The header git writes for a change of one file.
func header(_ old: String, _ new: String? = nil) -> String {
  "diff --git a/\(old) b/\(new ?? old)\n"
}

/// A section that changes one line of a file.
func section(_ path: String, old: String = "a", new: String = "b") -> String {
  header(path) + "--- a/\(path)\n+++ b/\(path)\n@@ -1 +1 @@\n-\(old)\n+\(new)\n"
}

func parse(_ text: String) -> UnifiedDiff { UnifiedDiff(parsing: Array(text.utf8).span) }

extension UnifiedDiff {
  var touched: [String] { filesTouched.map(\.text) }
  var codes: [DiffFault.Code] { faults.map(\.code) }
  /// Insertions and deletions.
  var counts: [Int] { [insertions, deletions] }
}

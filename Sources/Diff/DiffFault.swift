/// What is wrong with a text that should be a unified diff.
package struct DiffFault: Error, Hashable, Sendable {
  package let code: Code
  /// The line where it was seen, from 1.
  package let line: Int
  /// What was found and what was expected, for people.
  package let message: String

  package init(_ code: Code, line: Int, _ message: String) {
    self.code = code
    self.line = line
    self.message = message
  }

  /// Why a diff is refused: one code for each kind of fault or attack.
  package enum Code: String, CaseIterable, Sendable {
    // The text as a whole.
    case notADiff = "not_a_diff"
    case carriageReturns = "carriage_returns_only"
    case byteOrderMark = "byte_order_mark"
    case cutOff = "cut_off"
    // Headers of files.
    case names = "names_disagree"
    case noName = "no_name"
    case quoting = "quoting"
    case mode = "mode"
    case nullDevice = "null_device"
    case noChange = "no_change"
    case combined = "combined_diff"
    case headerOrder = "header_order"
    case headerTwice = "header_twice"
    // Hunks.
    case hunkHeader = "hunk_header"
    case hunkOrphan = "hunk_without_file"
    case hunkTruncated = "hunk_truncated"
    case hunkUnchanged = "hunk_without_change"
    case hunkOrder = "hunk_order"
    case noContext = "no_context"
    case lineNumber = "line_number"
    case newline = "newline_marker"
    case binary = "binary_patch"
    case contents = "contents"
    // Paths.
    case pathEmpty = "path_empty"
    case pathAbsolute = "path_absolute"
    case pathDots = "path_dots"
    case pathZero = "path_zero"
    case pathGit = "path_git"
    case pathLength = "path_length"
    case pathSymlink = "path_through_symlink"
    // Sections beside each other.
    case duplicate = "duplicate_section"
    case vanished = "rename_and_delete"
    case typeChange = "type_change"
  }
}

/// Some lines of a file and what becomes of them.
package struct Hunk: Hashable, Sendable {
  /// The lines that it takes the place of: the first one, from 1, and how many.
  package let old: LineRange
  /// The lines that it leaves.
  package let new: LineRange
  /// The line of the text where the header stands, from 1.
  package let line: Int
  /// The bytes of what follows the second `@@`: the heading of the place, for people.
  package let heading: Range<Int>
  /// The bytes of the lines below the header, with markers of missing newlines.
  package internal(set) var body: Range<Int>
  package internal(set) var insertions = 0
  package internal(set) var deletions = 0
  /// Whether it has lines that stay.
  package var hasContext: Bool { deletions < old.count || insertions < new.count }
  /// Whether a side's last line is in here and has no newline.
  package internal(set) var oldLacksNewline = false
  package internal(set) var newLacksNewline = false
}

/// Lines of one side of a hunk.
package struct LineRange: Hashable, Sendable {
  /// From 1; the line before the place when there are none.
  package let start: Int
  package let count: Int

  /// The first line, or the one before which a side without lines stands.
  package var first: Int { count == 0 ? start + 1 : start }
  /// The line behind the last one.
  package var end: Int { first + count }
}

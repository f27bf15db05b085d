/// What a diff does to one file: a section of it.
package struct FileChange: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case add, delete, modify, rename, copy, mode
    /// Several parents: the diff of a merge, which can't be applied.
    case combined
  }

  /// What a diff holds of a file that is no text.
  package enum Binary: Hashable, Sendable {
    /// "Binary files differ": that it changed, not how.
    case opaque
    /// The way forth, and the way back when the text has it.
    case encoded(new: BinaryData, old: BinaryData?)
  }

  /// Data of a binary file, deflated and in base 85, or the difference to the other side's.
  package struct BinaryData: Hashable, Sendable {
    /// How many bytes it says it has when it is inflated.
    package let size: Int
    /// The bytes of the diff that hold it, from its size to the empty line below.
    package let range: Range<Int>
  }

  package internal(set) var kind: Kind
  /// The path before; nil for a new file.
  package internal(set) var oldPath: DiffPath?
  /// The path after; nil for a deleted file.
  package internal(set) var newPath: DiffPath?
  package internal(set) var oldMode: FileMode?
  package internal(set) var newMode: FileMode?
  /// In percent, of renames and copies.
  package internal(set) var similarity: Int?
  package internal(set) var blobs: Blobs?
  package internal(set) var hunks: [Hunk] = []
  package internal(set) var binary: Binary?
  /// Whether a file that is added may be there already, and empty: git looks for it when a section
  /// without git's headers has no lines before the change.
  package internal(set) var mayExist = false
  /// How its name was found.
  var name = Name.prefixed
  /// The line of the text where the section begins, from 1.
  package let line: Int
  /// The bytes of the section: its header and all of its hunks.
  package internal(set) var range: Range<Int>

  enum Name: Hashable {
    /// One folder, such as `a/`, was taken off both names.
    case prefixed
    /// Nothing was taken off.
    case whole
    /// There was no other name to compare this one with.
    case alone([UInt8])
  }

  /// Digests of the contents before and after, in hexadecimal, as `index` lines have them.
  package struct Blobs: Hashable, Sendable {
    package let old: String
    package let new: String
  }

  package var insertions: Int { hunks.reduce(0) { $0 + $1.insertions } }
  package var deletions: Int { hunks.reduce(0) { $0 + $1.deletions } }

  /// The path under which a person looks for it: the new one, or that of what was deleted.
  package var path: DiffPath? { newPath ?? oldPath }

  /// The paths that the change writes or removes; a copy leaves its source alone.
  package var touched: [DiffPath] {
    let paths = kind == .copy ? [newPath] : [oldPath, newPath]
    return paths.compactMap { $0 }.uniqued()
  }

  /// Whether the text holds all that is needed to take the change back.
  package var isReversible: Bool {
    switch kind {
    case .combined, .copy: return false
    // What made it anew would have to guess whether it can be executed.
    case .delete where oldMode == nil: return false
    default: break
    }
    // One `old mode` or `new mode` without the other: what it was, or becomes, is not told.
    if oldPath != nil, newPath != nil, (oldMode == nil) != (newMode == nil) { return false }
    return switch binary {
    case nil: true
    case .opaque: false
    // Git takes no binary patch that does not name the contents.
    case .encoded(_, let old): old != nil && blobs != nil
    }
  }
}

extension Sequence where Element: Hashable {
  /// The elements in their order, each one once.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

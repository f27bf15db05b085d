package import Diff

/// A file that a diff changes, as git reads it.
package struct GitFile: Hashable, Sendable {
  package var path: DiffPath
  package var insertions: Int
  package var deletions: Int
  package var isBinary: Bool

  package init(path: DiffPath, insertions: Int, deletions: Int, isBinary: Bool) {
    self.path = path
    self.insertions = insertions
    self.deletions = deletions
    self.isBinary = isBinary
  }
}

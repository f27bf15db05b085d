/// What git stores in a tree: the only four kinds that a patch may make.
package enum FileMode: String, Sendable {
  case regular = "100644"
  case executable = "100755"
  case symlink = "120000"
  case submodule = "160000"

  /// Whether two modes are of one type of file: then a change is one of mode, else one of type.
  package func hasType(of other: FileMode) -> Bool {
    isFile && other.isFile || self == other
  }

  private var isFile: Bool { self == .regular || self == .executable }
}

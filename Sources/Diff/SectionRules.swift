/// What sections may not do beside each other.
enum SectionRules {
  static func faults(_ files: [FileChange]) -> [DiffFault] {
    let symlinks = files.filter { $0.newMode == .symlink }.compactMap(\.newPath)
    var rules = Rules(symlinks: OutermostPaths(symlinks))
    for file in files where rules.faults.count < UnifiedDiff.faultCountMax { rules.take(file) }
    return rules.faults
  }

  private struct Rules {
    var faults: [DiffFault] = []
    private var written: [DiffPath: FileChange] = [:]
    private var removed: [DiffPath: FileChange] = [:]
    /// The links that the diff makes, before or after the paths that would go through them.
    private let symlinks: OutermostPaths

    init(symlinks: OutermostPaths) {
      self.symlinks = symlinks
    }

    mutating func take(_ file: FileChange) {
      if let path = file.newPath {
        mustBeOnce(file, path)
        if let symlink = symlinks.first(above: path) {
          fault(
            .pathSymlink, file, "\(path) goes through the symbolic link \(symlink) of the same diff"
          )
        }
        written[path] = file
      }
      if let path = file.oldPath, file.kind == .delete || file.kind == .rename {
        if let other = removed[path] {
          fault(.vanished, file, "\(path) is taken away by the section of line \(other.line), too")
        } else if let other = written[path], other.line != file.line,
          // What is renamed may leave its name to a new file, or to another one.
          file.kind == .delete || other.oldPath == path
        {
          fault(.duplicate, file, "\(path) is written by the section of line \(other.line)")
        }
        removed[path] = file
      }
    }

    /// A file is written once; only what was deleted may come again, as something of another type.
    private mutating func mustBeOnce(_ file: FileChange, _ path: DiffPath) {
      if let other = written[path] {
        fault(.duplicate, file, "\(path) has a section at line \(other.line) already")
      } else if let other = removed[path], file.oldPath == path {
        fault(.vanished, file, "\(path) is taken away by the section of line \(other.line)")
      }
    }

    private mutating func fault(_ code: DiffFault.Code, _ file: FileChange, _ message: String) {
      faults.append(DiffFault(code, line: file.line, message))
    }
  }
}

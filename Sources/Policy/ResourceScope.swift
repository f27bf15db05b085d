internal import Diff
package import JSON
internal import Patterns

/// What a request or a phase may touch, by globs: an ExecutionRequest's or PhaseSpec's
/// `resource_scope`.
package struct ResourceScope: Sendable {
  /// Whose scope it is, for messages, such as `phase phase-2`.
  package let owner: String
  /// Files that may be read; nil for any.
  package let read: [PathRule]?
  /// Files that may be changed or deleted; nil for any.
  ///
  /// None where only others are listed, those that may be read or made.
  package let write: [PathRule]?
  /// Files that may be made; nil for those that may be written.
  package let create: [PathRule]?
  package let forbidden: [PathRule]

  /// Reads the object `resource_scope`.
  ///
  /// Throws when a glob has too many parts to be matched.
  package init(
    _ document: JSONDocument, _ scope: JSONNode, owner: String
  ) throws(PolicyError) {
    func rules(_ name: String) throws(PolicyError) -> [PathRule]? {
      guard let list = document.member(scope, name), document.kind(list) == .array else {
        return nil
      }
      var texts: [String] = []
      document.forEachElement(list) { texts.append(document.string($0) ?? "") }
      var rules: [PathRule] = []
      for text in texts {
        do throws(PatternError) { rules.append(try PathRule(glob: text)) } catch {
          throw PolicyError(
            .invalid, owner, "the glob \(text.debugDescription) of \(name): \(error.message)")
        }
      }
      return rules
    }
    self.owner = owner
    read = try rules("read")
    create = try rules("create")
    write = try rules("write") ?? (read == nil && create == nil ? nil : [])
    forbidden = try rules("forbidden") ?? []
  }

  /// What of a change is outside; nil when nothing is.
  func objection(to file: FileChange) -> (path: DiffPath, reason: String)? {
    for path in file.touched {
      if let rule = forbidden.first(where: { $0.matchesFoldingCase(path) }) {
        return (path, "is forbidden by \"\(rule.text)\" of \(owner)")
      }
    }
    let changed = file.mayExist ? file.newPath : file.oldPath
    if let path = changed, file.kind != .copy, let write, !write.contains(path) {
      return (path, "is not among the files that \(owner) may write")
    }
    let isNew = file.oldPath == nil || file.kind == .copy || file.kind == .rename
    if let path = file.newPath, isNew, let create = create ?? write, !create.contains(path) {
      return (path, "is not among the files that \(owner) may create")
    }
    return nil
  }
}

extension [PathRule] {
  fileprivate func contains(_ path: DiffPath) -> Bool { contains { $0.matches(path) } }
}

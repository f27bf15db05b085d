/// Where a policy applies.
package struct PolicyScope: Hashable, Sendable {
  package let level: Level
  package let project: String?
  package let phase: String?
  /// A document, by its ULID.
  package let doc: String?

  /// From the widest to the narrowest.
  package enum Level: String, CaseIterable, Sendable {
    case global, project, phase, doc
  }

  /// What is asked for: the project, phase and document that a patch belongs to.
  package struct Query: Hashable, Sendable {
    package var project: String?
    package var phase: String?
    package var doc: String?

    package init(project: String? = nil, phase: String? = nil, doc: String? = nil) {
      self.project = project
      self.phase = phase
      self.doc = doc
    }
  }

  /// Whether all that the policy names is what is asked for.
  package func applies(to query: Query) -> Bool {
    (project == nil || project == query.project) && (phase == nil || phase == query.phase)
      && (doc == nil || doc == query.doc)
  }
}

extension PolicyScope.Level: Comparable {
  /// The wider one comes first.
  package static func < (left: Self, right: Self) -> Bool { left.depth < right.depth }

  private var depth: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension PolicyScope: CustomStringConvertible {
  package var description: String {
    let names = [("project", project), ("phase", phase), ("doc", doc)]
    let told = names.compactMap { name, value in value.map { "\(name) \($0)" } }
    return told.isEmpty ? "global" : told.joined(separator: ", ")
  }
}

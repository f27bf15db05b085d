internal import JSON
internal import Patterns

/// Reads the members of a policy's document.
struct PolicyReader {
  let document: JSONDocument
  let file: String

  func node(_ path: [String]) -> JSONNode? {
    var node = document.root
    for name in path {
      guard document.kind(node) == .object, let member = document.member(node, name) else {
        return nil
      }
      node = member
    }
    return document.kind(node) == .null ? nil : node
  }

  func text(_ path: [String]) throws(PolicyError) -> String {
    guard let text = node(path).flatMap({ document.string($0) }), !text.isEmpty else {
      throw invalid(path, "is missing")
    }
    return text
  }

  func invalid(_ path: [String], _ message: String) -> PolicyError {
    PolicyError(
      .invalid, file, "\(path.joined(separator: ".")) \(message)",
      pointer: "/" + path.joined(separator: "/"))
  }

  /// A level must name what it is for, may name what that is part of, and nothing inside of it.
  func scope() throws(PolicyError) -> PolicyScope {
    let text = try text(["scope", "level"])
    guard let level = PolicyScope.Level(rawValue: text) else {
      throw invalid(["scope", "level"], "is none of global, project, phase and doc")
    }
    let members: [(PolicyScope.Level, String)] = [
      (.project, "project_id"), (.phase, "phase_id"), (.doc, "doc_ulid"),
    ]
    for (own, member) in members {
      let isThere = node(["scope", member]) != nil
      if own == level, !isThere {
        throw invalid(
          ["scope", member], "is missing: the level \(text) must say which one it is for")
      }
      if own > level, isThere {
        throw invalid(
          ["scope", member], "has no meaning at the wider level \(text): raise the level or drop it"
        )
      }
    }
    return PolicyScope(
      level: level, project: try name("project_id"), phase: try name("phase_id"),
      doc: try name("doc_ulid"))
  }

  private func name(_ member: String) throws(PolicyError) -> String? {
    node(["scope", member]) == nil ? nil : try text(["scope", member])
  }

  func constraints() throws(PolicyError) -> PolicyDocument.Constraints {
    let found = PolicyDocument.Constraints(
      allowedFormats: texts("allowed_formats"), patchRequired: flag("patch_required"),
      linesMax: number("max_lines_changed"), filesMax: number("max_files_changed"),
      forbidsBinary: flag("forbid_binary_patches"),
      forbiddenPaths: try rules("forbid_touching_paths"),
      testedPaths: try rules("require_tests_for_paths"),
      requiresIssue: flag("require_issue_ref"), reviewersMin: number("min_reviewers"),
      oscillationWindow: number("oscillation_window"),
      oscillationThreshold: number("oscillation_threshold"))
    try mustBeCoherent(found)
    return found
  }

  /// A threshold that the window can't hold would never be reached.
  private func mustBeCoherent(_ found: PolicyDocument.Constraints) throws(PolicyError) {
    let path = ["constraints", "oscillation_threshold"]
    switch (found.oscillationWindow, found.oscillationThreshold) {
    case (nil, nil): return
    case (let window?, let threshold?):
      if threshold > window {
        throw invalid(
          path, "is \(threshold), which a window of \(window) patches can never reach")
      }
    default: throw invalid(path, "and oscillation_window must be set together")
    }
  }

  private func flag(_ name: String) -> Bool? {
    node(["constraints", name]).flatMap { document.bool($0) }
  }

  private func number(_ name: String) -> Int? {
    node(["constraints", name]).flatMap { document.int64($0) }.flatMap { Int(exactly: $0) }
  }

  private func texts(_ name: String) -> [String]? {
    node(["constraints", name]).map { list in
      var texts: [String] = []
      document.forEachElement(list) { texts.append(document.string($0) ?? "") }
      return texts
    }
  }

  private func rules(_ name: String) throws(PolicyError) -> [PathRule]? {
    guard let texts = texts(name) else { return nil }
    var rules: [PathRule] = []
    for (index, text) in texts.enumerated() {
      do throws(PatternError) { rules.append(try PathRule(text)) } catch {
        throw invalid(
          ["constraints", name, "\(index)"],
          "is no pattern of paths, \(text.debugDescription): \(error.message)")
      }
    }
    return rules
  }
}

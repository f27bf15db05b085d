/// Whether a request keeps to what its phase allows: it may ask for less, never for more.
package enum ScopeContainment {
  /// What of a request's scope is outside of its phase's.
  ///
  /// Where one of them says nothing the other one counts.
  package static func problems(
    of request: ResourceScope, in phase: ResourceScope
  ) -> [Verdict.Problem] {
    var problems: [Verdict.Problem] = []
    let allowed: [(verb: String, [PathRule]?, [PathRule]?)] = [
      ("read", request.read, phase.read), ("write", request.write, phase.write),
      ("create", request.create, phase.create ?? phase.write),
    ]
    var search = GlobSearch()
    for (verb, asked, given) in allowed {
      guard let asked, let given else { continue }
      for rule in search.uncovered(asked, by: given) {
        problems.append(
          .init(
            .scope, "files_scope_violation",
            "\(request.owner) wants to \(verb) \"\(rule.text)\", which \(phase.owner) does not "
              + "allow"
          ))
      }
    }
    if !request.forbidden.isEmpty {
      for rule in search.uncovered(phase.forbidden, by: request.forbidden) {
        problems.append(
          .init(
            .scope, "files_scope_violation",
            "\(request.owner) does not forbid \"\(rule.text)\", which \(phase.owner) forbids"))
      }
    }
    if search.isExhausted {
      problems.append(
        .init(
          .scope, "files_scope_violation",
          "\(request.owner) and \(phase.owner) have too many globs to compare all of them: those "
            + "that were left count as outside"))
    }
    return problems
  }

  /// That a request allows more changed lines than its phase; nil when it does not.
  package static func problem(
    ofLines asked: Int?, _ request: String, in most: Int?, _ phase: String
  ) -> Verdict.Problem? {
    guard let asked, let most, asked > most else { return nil }
    return .init(
      .constraints, "constraint_weakened",
      "\(request) allows \(asked) changed lines, and \(phase) at most \(most)")
  }
}

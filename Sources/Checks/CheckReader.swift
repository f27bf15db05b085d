package import JSON
internal import Patterns
internal import Policy

/// What the schema of checks can't say about a list of them.
package struct CheckError: Error, Hashable, Sendable {
  package let message: String
  /// Where in the file, as a JSON pointer.
  package let pointer: String
}

/// Reads the checks of a document that keeps the schema `config/checks.schema.json`.
package struct CheckReader {
  private let document: JSONDocument
  private let node: JSONNode
  private let pointer: String

  /// The checks, in the order of the file.
  ///
  /// Throws for two of the same name, patterns of paths that can't be compiled, a placeholder for
  /// files where none can stand, and an exit code with two meanings.
  package static func checks(in document: JSONDocument) throws(CheckError) -> [Check] {
    guard let list = document.member(document.root, "checks") else {
      throw CheckError(message: "has no checks", pointer: "")
    }
    var nodes: [JSONNode] = []
    document.forEachElement(list) { nodes.append($0) }
    var checks: [Check] = []
    for (index, node) in nodes.enumerated() {
      let reader = CheckReader(document: document, node: node, pointer: "/checks/\(index)")
      let check = try reader.check()
      guard !checks.contains(where: { $0.name == check.name }) else {
        throw reader.wrong("name", "is that of an earlier check, too")
      }
      checks.append(check)
    }
    return checks
  }

  private func check() throws(CheckError) -> Check {
    guard let kind = Check.Kind(rawValue: text("kind") ?? "") else {
      throw wrong("kind", "is none of compile, lint, format and test")
    }
    var check = Check(
      name: text("name") ?? "", kind: kind, rules: try rules(), command: texts("command"),
      timeoutMilliseconds: Int64(number("timeout_seconds") ?? 0) * 1000)
    check.filesVariable = text("files_variable")
    check.neededFile = text("if_exists")
    check.isRequired = document.member(node, "required").flatMap { document.bool($0) } ?? false
    check.acceptedCodes = codes("accept_exit_codes") ?? [0]
    check.noTestsCodes = codes("no_tests_exit_codes") ?? []
    check.missingCodes = codes("missing_exit_codes") ?? []
    try mustBeCoherent(check)
    return check
  }

  private func mustBeCoherent(_ check: Check) throws(CheckError) {
    for (index, word) in check.command.enumerated() where word.contains(Check.filesPlaceholder) {
      guard index > 0, word == Check.filesPlaceholder,
        check.command.firstIndex(of: word) == index
      else {
        throw wrong(
          "command/\(index)", "must hold \(Check.filesPlaceholder) once, as an argument of its own")
      }
    }
    if check.kind != .test, !check.noTestsCodes.isEmpty {
      throw wrong("no_tests_exit_codes", "has a meaning for checks of the kind test alone")
    }
    let all = [check.acceptedCodes, check.noTestsCodes, check.missingCodes]
    guard Set(all.joined()).count == all.reduce(0, { $0 + $1.count }) else {
      throw wrong(nil, "gives an exit code two meanings")
    }
  }

  private func rules() throws(CheckError) -> [PathRule] {
    var rules: [PathRule] = []
    for (index, text) in texts("paths").enumerated() {
      do throws(PatternError) { rules.append(try PathRule(text)) } catch {
        throw wrong(
          "paths/\(index)", "is no pattern of paths, \(text.debugDescription): \(error.message)")
      }
    }
    return rules
  }

  private func wrong(_ place: String?, _ message: String) -> CheckError {
    CheckError(message: message, pointer: pointer + (place.map { "/" + $0 } ?? ""))
  }

  private func text(_ name: String) -> String? {
    document.member(node, name).flatMap { document.string($0) }
  }

  private func number(_ name: String) -> Int32? {
    document.member(node, name).flatMap { document.int64($0) }.flatMap { Int32(exactly: $0) }
  }

  private func texts(_ name: String) -> [String] {
    var texts: [String] = []
    if let list = document.member(node, name) {
      document.forEachElement(list) { texts.append(document.string($0) ?? "") }
    }
    return texts
  }

  private func codes(_ name: String) -> Set<Int32>? {
    guard let list = document.member(node, name) else { return nil }
    var codes: Set<Int32> = []
    document.forEachElement(list) { element in
      if let code = document.int64(element).flatMap({ Int32(exactly: $0) }) { codes.insert(code) }
    }
    return codes
  }
}

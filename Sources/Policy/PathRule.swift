package import Diff
package import Patterns

/// A pattern of paths, as policies and scopes write them.
///
/// - A regular expression matches whole parts of a path, from the beginning of one to the path's
///   end; with a `/` at its end it matches that part and all below. `\.env` is `.env` and
///   `a/.env`, not `.environment.yml`.
/// - `glob:` and a glob: `*` and `?` stay inside one part, `**` crosses them. One without a slash
///   matches in every folder, others from the top of the repository; with a `/` at its end it
///   matches all below. Brackets and braces are letters like others.
///
/// Names are compared as they are written: an accent that is a letter of its own is another name
/// than one that is part of its letter.
package struct PathRule: Hashable, Sendable {
  /// As it was written.
  package let text: String
  private let pattern: Pattern
  /// The same one with small letters; nil when it has no others.
  private let folded: Pattern?

  package static func == (left: PathRule, right: PathRule) -> Bool { left.text == right.text }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// A rule of a policy: a regular expression or `glob:…`.
  ///
  /// Throws when the expression is none or can't be matched in linear time, and when it is one that
  /// no path matches: such a rule would forbid nothing.
  package init(_ text: String) throws(PatternError) {
    if text.hasPrefix("glob:") {
      let glob = text.dropFirst("glob:".count)
      try RuleMistakes.check(glob: glob)
      try self.init(text: text, Glob.expression(glob))
    } else {
      try RuleMistakes.check(expression: text)
      try self.init(text: text, Self.expression(text))
    }
  }

  /// An entry of a resource scope, which is a glob with or without the word.
  package init(glob: String) throws(PatternError) {
    var glob = glob.hasPrefix("glob:") ? glob.dropFirst("glob:".count) : glob[...]
    while glob.hasPrefix("./") { glob = glob.dropFirst(2) }
    try RuleMistakes.check(glob: glob)
    try self.init(text: String(glob), Glob.expression(glob))
  }

  private init(text: String, _ expression: String) throws(PatternError) {
    self.text = text
    pattern = try Pattern(expression)
    let small = CaseFolding.expression(expression)
    folded = small == expression ? nil : try Pattern(small)
  }

  private static func expression(_ text: String) -> String {
    text.hasSuffix("/") ? "(?:^|/)(?:\(text.dropLast()))(?:/|$)" : "(?:^|/)(?:\(text))$"
  }

  package func matches(_ path: DiffPath) -> Bool {
    pattern.matches(String(decoding: path.bytes, as: UTF8.self))
  }

  /// Whether it matches the path when upper and lower case are the same: systems that fold case
  /// must not open a way around what is forbidden.
  package func matchesFoldingCase(_ path: DiffPath) -> Bool {
    if matches(path) { return true }
    let small = String(decoding: path.bytes, as: UTF8.self).lowercased()
    return pattern.matches(small) || folded?.matches(small) ?? false
  }
}

/// Globs as regular expressions.
enum Glob {
  static func expression(_ glob: Substring) -> String {
    var out = "^"
    // What ends with a slash means all that is below.
    var rest = glob.hasSuffix("/") ? glob + "**" : glob
    if !rest.contains("/") { out += "(?:.*/)?" }
    if rest.hasPrefix("/") { rest = rest.dropFirst() }
    while let character = rest.first {
      if rest.hasPrefix("**/") {
        out += "(?:.*/)?"
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("**") {
        out += ".*"
        rest = rest.dropFirst(2)
      } else {
        out += piece(character)
        rest = rest.dropFirst()
      }
    }
    return out + "$"
  }

  private static func piece(_ character: Character) -> String {
    switch character {
    case "*": "[^/]*"
    case "?": "[^/]"
    case ".", "\\", "+", "(", ")", "[", "]", "{", "}", "^", "$", "|": "\\\(character)"
    default: String(character)
    }
  }
}

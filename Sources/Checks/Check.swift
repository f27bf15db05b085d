package import Policy

/// One program that is run over a work tree after a patch was applied to it.
package struct Check: Hashable, Sendable {
  /// What a check is about.
  package enum Kind: String, Sendable, CaseIterable {
    case compile, lint, format, test
  }

  /// What it is called in reports; no two checks of a list have the same name.
  package var name: String
  package var kind: Kind
  /// It is run when a changed path matches one of these.
  package var rules: [PathRule]
  /// The program and its arguments; no shell is involved.
  package var command: [String]
  /// The environment variable that holds the changed files as a JSON array, for programs whose
  /// arguments are no plain words; nil when there is none.
  package var filesVariable: String?
  /// A file from the top of the work tree without which the check has no meaning, such as
  /// `Package.swift`; nil when there is none.
  package var neededFile: String?
  /// How long all of its commands may take together.
  package var timeoutMilliseconds: Int64
  /// Whether the patch fails when the program is not installed.
  package var isRequired = false
  /// The exit codes that mean that all is well.
  package var acceptedCodes: Set<Int32> = [0]
  /// The exit codes that mean that there were no tests.
  package var noTestsCodes: Set<Int32> = []
  /// The exit codes that mean that a part of the program is not installed.
  package var missingCodes: Set<Int32> = []

  /// A check that is not required and whose one good exit code is 0.
  package init(
    name: String, kind: Kind, rules: [PathRule], command: [String], timeoutMilliseconds: Int64
  ) {
    self.name = name
    self.kind = kind
    self.rules = rules
    self.command = command
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// The argument in whose place the changed files are put.
  package static let filesPlaceholder = "{files}"

  /// Whether the check is of the changed files alone; else it is of the whole tree, once.
  package var takesFiles: Bool {
    filesVariable != nil || command.contains(Self.filesPlaceholder)
  }
}

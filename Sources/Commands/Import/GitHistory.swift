internal import Bytes
internal import Events
internal import Runner

/// A part of a repository's history that is to be imported, found to be there.
struct GitHistory {
  let repository: String
  let project: String
  /// How many of the newest commits; nil for all.
  let count: Int?
  /// The hash of the newest commit.
  let head: String
  /// The hash of the commit after which it begins; nil for all.
  let since: String?
  /// Follows from what is imported, so that the same import is known again.
  let importID: String

  /// Asks git for the ends of the history.
  init(
    repository: String, project: String, since: String? = nil, count: Int? = nil
  ) throws(LogError) {
    self.repository = repository
    self.project = project
    self.count = count
    do throws(RunnerError) {
      head = try Self.commit("HEAD", repository)
      self.since = try since.map { name throws(RunnerError) in
        try Self.commit(name, repository)
      }
      let shallow = try GitCommand.output(
        in: repository, ["rev-parse", "--is-shallow-repository"])
      guard shallow.trimmed != "true" else {
        // Its oldest commit would become a patch that adds every file.
        throw RunnerError(
          program: "git", message: "it is a shallow clone; run `git fetch --unshallow` there",
          isMissing: false)
      }
    } catch {
      throw LogError(
        error.isMissing ? .notFound : .badInput,
        "\(repository) can't be imported: \(error.message.trimmed)",
        hint: error.isMissing ? "Install git" : "Name a git repository that has commits")
    }
    let what = "\(head)/\(self.since ?? "")/\(count.map { String($0) } ?? "")/\(project)"
    let digest = Digest.sha256(of: Array("uetlog/git/v1/import/\(what)".utf8))
    importID = "git-\(digest.description.prefix(24))"
  }

  /// The hash of a commit that has a name.
  private static func commit(
    _ name: String, _ repository: String
  ) throws(RunnerError) -> String {
    try GitCommand.output(
      in: repository, ["rev-parse", "--verify", "--end-of-options", "\(name)^{commit}"]
    ).trimmed
  }
}

extension String {
  /// Without white space and line ends around it.
  var trimmed: String {
    let isSpace: (Character) -> Bool = { $0.isWhitespace }
    return String(drop { isSpace($0) }.reversed().drop { isSpace($0) }.reversed())
  }

  private func drop(while isDropped: (Character) -> Bool) -> Substring {
    self[(firstIndex { !isDropped($0) } ?? endIndex)...]
  }
}

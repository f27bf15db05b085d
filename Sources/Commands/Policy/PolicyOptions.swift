internal import ArgumentParser
internal import Configuration
internal import Engine
internal import Events
internal import Policy

/// Where the policies are.
struct PolicyFolderOption: ParsableArguments {
  @Option(help: ArgumentHelp("The folder with the policies.", valueName: "folder"))
  var policy: String?

  init() {}

  /// The policies for the patches of a log; they are read when a patch is judged.
  ///
  /// - Parameter place: where they are looked for when none are named and neither the log nor the
  ///   patch has a repository with policies; nil for here.
  func source(
    log flag: String?, _ here: Surroundings, near place: Surroundings? = nil
  ) throws(LogError) -> PolicySource {
    guard let folder = policy.map({ here.absolute($0) }) else {
      return PolicyFiles.source(of: try LogLocation(flag: flag, here), place ?? here)
    }
    return PolicySource { () throws(LogError) in try Self.documents(folder, here) }
  }

  /// All policies.
  func documents(_ here: Surroundings) throws(LogError) -> [PolicyDocument] {
    try Self.documents(policy.map { here.absolute($0) }, here)
  }

  private static func documents(
    _ folder: String?, _ here: Surroundings
  ) throws(LogError) -> [PolicyDocument] {
    if let folder, !Files.exists(folder) {
      throw LogError(.notFound, "there is no folder \(folder)")
    }
    return try PolicyFiles.documents(folder: folder, here)
  }
}

/// Which policies are looked at, and for what.
struct PolicyOptions: ParsableArguments {
  @OptionGroup var policy: PolicyFolderOption

  @Option(help: "The project.")
  var project: String?

  @Option(help: "The phase.")
  var phase: String?

  @Option(
    help: ArgumentHelp("The document, by its ULID; not for stored patches.", valueName: "ulid"))
  var doc: String?

  init() {}

  /// The policy in force.
  func effective(_ here: Surroundings) throws(LogError) -> EffectivePolicy {
    let documents = try policy.documents(here)
    do throws(PolicyError) {
      return try EffectivePolicy(
        of: documents, for: .init(project: project, phase: phase, doc: doc))
    } catch { throw LogError(error) }
  }
}

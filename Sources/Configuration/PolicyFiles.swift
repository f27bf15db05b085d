package import Engine
internal import EventLog
package import Events
internal import Pipeline
package import Policy
internal import Schema
internal import SchemaFiles

/// The files that policies stand in: one in each, `NAME.json`.
package enum PolicyFiles {
  package static let folderName = "patch_policies"
  private static let byteCountMax = 1 << 20
  private static let countMax = 1_000

  /// The policies of a folder, of the nearest `config/patch_policies/`, or those that ship.
  ///
  /// A folder without a global policy has the shipped one beneath: there is no moment without
  /// limits. One broken or unreadable file is an error, which says which file it is: a rule that
  /// can't be read must not be taken for one that allows everything.
  package static func documents(
    folder: String? = nil, _ here: Surroundings
  ) throws(LogError) -> [PolicyDocument] {
    try documents(in: folder ?? nearest(here))
  }

  /// The policies for the patches of a log.
  ///
  /// Who appends does not choose the rules: those of the repository that the log is in hold, and
  /// those near the repository that a patch names, if it is on this machine. Without either, those
  /// near the surroundings do.
  package static func source(of log: LogLocation, _ here: Surroundings) -> PolicySource {
    PolicySource(
      folders: { repository in folders(for: repository, in: log, here) },
      { folder throws(LogError) in try documents(in: folder) })
  }

  /// Nil among them stands for what ships.
  package static func folders(
    for repository: String?, in log: LogLocation, _ here: Surroundings
  ) -> [String?] {
    var found: [String?] = []
    if let home = home(of: log) {
      let folder = nearest(Surroundings(workingDirectory: home.directory))
      // A repository without policies has the shipped ones.
      if folder != nil || home.isRepository { found.append(folder) }
    }
    if let repository, repository.hasPrefix("/"),
      let folder = nearest(Surroundings(workingDirectory: Files.resolved(repository))),
      !found.contains(folder)
    {
      found.append(folder)
    }
    return found.isEmpty ? [nearest(here)] : found
  }

  /// What a log belongs to: the repository around it, else the directory whose `.uetlog` it is.
  private static func home(of log: LogLocation) -> (directory: String, isRepository: Bool)? {
    let path = Files.resolved(log.path)
    guard let slash = path.lastIndex(of: "/") else { return nil }
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    let around = try? Repository.find(Surroundings(workingDirectory: directory))
    if let around {
      if let top = around.workTree { return (top, true) }
      let common = around.commonDirectory
      return (common.hasSuffix("/.git") ? String(common.dropLast(5)) : common, true)
    }
    return path.hasSuffix("/" + LogLocation.directoryName) ? (directory, false) : nil
  }

  private static func documents(in folder: String?) throws(LogError) -> [PolicyDocument] {
    let schema = try schema()
    guard let folder else { return try shipped(schema) }
    guard let names = Directory.listing(folder) else {
      throw LogError(
        .settings, "can't list the policies of \(folder)", expected: "a readable folder",
        hint: "Without its policies no patch is judged")
    }
    var documents: [PolicyDocument] = []
    for name in names.filter({ $0.hasSuffix(".json") }).sorted().prefix(countMax + 1) {
      documents.append(try document(folder + "/" + name, schema))
    }
    guard documents.count <= countMax else {
      throw LogError(
        .settings, "\(folder) has too many policies", expected: "at most \(countMax)")
    }
    if !documents.contains(where: { $0.scope.level == .global }) {
      documents += try shipped(schema).filter { $0.scope.level == .global }
    }
    return documents
  }

  private static func nearest(_ here: Surroundings) -> String? {
    Settings.configFolders(here).map { $0 + "/" + folderName }.first { Files.exists($0) }
  }

  private static func shipped(_ schema: CompiledSchema) throws(LogError) -> [PolicyDocument] {
    var documents: [PolicyDocument] = []
    for index in 0..<ConfigFiles.count where ConfigFiles.name(at: index).hasPrefix(folderName) {
      documents.append(
        try document(
          ConfigFiles.bytes(at: index), "shipped " + ConfigFiles.name(at: index), schema))
    }
    return documents
  }

  private static func document(
    _ path: String, _ schema: CompiledSchema
  ) throws(LogError) -> PolicyDocument {
    guard let bytes = try Settings.contents(path) else {
      throw LogError(.settings, "\(path) leads nowhere")
    }
    return try document(bytes, path, schema)
  }

  private static func document(
    _ bytes: [UInt8], _ path: String, _ schema: CompiledSchema
  ) throws(LogError) -> PolicyDocument {
    let document = try ConfigDocument.document(
      bytes, path, keeping: schema, what: "policy", hint: "uetlog schema show patch_policy.v1")
    do throws(PolicyError) { return try PolicyDocument(document, file: path) } catch {
      throw LogError(error)
    }
  }

  private static func schema() throws(LogError) -> CompiledSchema {
    guard let id = ShippedSchemas.id(named: "patch_policy"),
      let bytes = ShippedSchemas.bytes(id: id)
    else { throw LogError(.system, "the schema of policies is not part of this program") }
    return try Catalog.compile(bytes, id: id)
  }
}

package import Events
package import JSON

extension Settings {
  private static let fileByteCountMax = 1 << 20

  /// The settings in force for a log: files, then the environment, then flags.
  ///
  /// - Parameter flags: values given on the command line: setting, value, option.
  package init(
    log path: String, _ here: Surroundings,
    flags: [(setting: String, value: String, option: String)] = []
  ) throws(LogError) {
    self.init()
    let folders = Self.configFolders(here)
    if let file = try Self.nearest("uetlog.json", folders) { try read(file.bytes, file.path) }
    let ofLog = path + "/config.json"
    if let bytes = try Self.contents(ofLog) { try read(bytes, ofLog) }
    priceFile = try Self.nearest(Self.priceFileName, folders)
    try readEnvironment(here)
    for flag in flags {
      try set(flag.setting, text: flag.value, .flag(flag.option), refusal: .usage)
    }
  }

  /// The nearest `config/NAME`.
  static func nearest(
    _ name: String, _ folders: [String]
  ) throws(LogError) -> File? {
    for folder in folders {
      let path = folder + "/" + name
      if let bytes = try contents(path) { return File(path: path, bytes: bytes) }
    }
    return nil
  }

  /// The `config/` folders upward, no further than the top of the work tree, the nearest first.
  static func configFolders(_ here: Surroundings) -> [String] {
    var folders: [String] = []
    for directory in here.directoriesUpward {
      let base = directory == "/" ? "" : directory
      if Files.exists(base + "/config") { folders.append(base + "/config") }
      if Files.exists(base + "/.git") { break }
    }
    return folders
  }

  static func contents(_ path: String) throws(LogError) -> [UInt8]? {
    do throws(LogError) {
      return try Files.regularContents(path, byteCountMax: fileByteCountMax)
    } catch {
      guard error.code != .system else { throw error }
      throw LogError(.settings, error.message, expected: error.expected)
    }
  }

  private mutating func readEnvironment(_ here: Surroundings) throws(LogError) {
    guard here.hasSettings else { return }
    for setting in SettingTable.all {
      guard let text = try here.variable(setting.variable) else { continue }
      try set(setting.name, text: text, .variable(setting.variable), refusal: .settings)
    }
  }

  private mutating func set(
    _ name: String, text: String, _ source: Source, refusal: LogError.Code
  ) throws(LogError) {
    guard let setting = SettingTable.setting(name) else { return }
    guard let value = setting.kind.value(text) else {
      throw LogError(
        refusal, "\(source) is wrong", expected: setting.kind.expected,
        actual: setting.kind.isQuoted ? "\"\(text)\"" : nil)
    }
    try set(setting, value, source)
  }

  /// Takes the values of a file; anything in it that is not a setting is an error.
  package mutating func read(_ bytes: [UInt8], _ path: String) throws(LogError) {
    let document: JSONDocument
    do { document = try JSONDocument(parsing: bytes) } catch {
      throw .broken(.settings, path, error, in: bytes)
    }
    guard document.kind(document.root) == .object else {
      throw LogError(.settings, "\(path) is not an object of settings", pointer: "")
    }
    for (family, members) in document.namedMembers(document.root) where family != "$schema" {
      let isFamily = SettingTable.all.contains { $0.name.hasPrefix(family + ".") }
      guard isFamily, document.kind(members) == .object else {
        throw Self.unknown("/" + JSONDocument.pointerStep(family), path)
      }
      for (name, node) in document.namedMembers(members) {
        let pointer = "/\(family)/\(JSONDocument.pointerStep(name))"
        guard let setting = SettingTable.setting(family + "." + name) else {
          throw Self.unknown(pointer, path)
        }
        guard let value = setting.kind.value(document, node) else {
          throw LogError(
            .settings, "\(path) has a wrong value", expected: setting.kind.expected,
            actual: setting.kind.isQuoted
              ? String(decoding: document.compacted(node).prefix(80), as: UTF8.self) : nil,
            pointer: pointer)
        }
        try set(setting, value, .file(path))
      }
    }
  }

  private static func unknown(_ pointer: String, _ path: String) -> LogError {
    LogError(
      .settings, "\(path) has a setting that does not exist", pointer: pointer,
      hint: "`uetlog config show` lists all settings")
  }
}

extension JSONDocument {
  /// An object's members in order, their keys as strings.
  package func namedMembers(_ node: JSONNode) -> [(key: String, value: JSONNode)] {
    members(node).map { key, value in (string(key) ?? "", value) }
  }
}

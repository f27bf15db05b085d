internal import Configuration
internal import Events
internal import Evidence

/// The keys that unseal, beside those that sign: their files have an ending that no name has.
extension KeyStore {
  private static let ending = ".unsealing"

  /// Where a key that unseals is kept.
  func unsealingPath(_ name: KeyName) -> String {
    directory + "/" + Self.fileName(name) + Self.ending
  }

  /// Makes a key that unseals and keeps it; there must be none of this name.
  func makeUnsealing(_ name: KeyName) throws(LogError) -> UnsealingKey {
    let key: UnsealingKey
    do throws(EvidenceError) { key = try UnsealingKey(name: name) } catch {
      throw LogError(.system, error.message)
    }
    try keep(key.secretText, of: name, in: unsealingPath(name))
    return key
  }

  /// The public halves of the keys that unseal: of the named one, else of all.
  func sealing(_ wanted: String?) throws(LogError) -> [SealingKey] {
    let names = names(suffix: Self.ending)
    if let wanted, !names.contains(where: { $0.text == wanted }) {
      throw LogError(
        .notFound, "there is no key \(wanted) to unseal with in \(directory)",
        allowed: names.map(\.text), hint: "`uetlog key new --sealing NAME` makes one")
    }
    return try names.filter { wanted == nil || $0.text == wanted }.map { name throws(LogError) in
      try Self.unsealing(unsealingPath(name)).sealing
    }
  }

  /// Reads a key that unseals from its file.
  static func unsealing(_ path: String) throws(LogError) -> UnsealingKey {
    guard let text = try secretText(path) else {
      throw LogError(.notFound, "there is no key \(path)")
    }
    do throws(EvidenceError) { return try UnsealingKey(secretText: text) } catch {
      throw LogError(.badInput, "\(path): \(error.message)")
    }
  }
}

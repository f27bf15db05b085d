internal import ArgumentParser
internal import Configuration
internal import Events
internal import Evidence
internal import JSON

/// Prints verifier keys, or sealing keys.
struct KeyShow: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print the verifier keys that others check with, or the sealing keys.",
    usage: "uetlog key show [<name>] [<options>]",
    discussion: """
      EXAMPLES
        uetlog key show
        uetlog key show example.com/build-log > build-log.vkey
        uetlog key show --sealing
      """)

  @Argument(help: "The key's name; all without it.")
  var name: String?

  @Flag(help: "The public halves of the keys that unseal.")
  var sealing = false

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let store = try KeyStore(console.here)
    if sealing {
      for key in try store.sealing(name) { Self.print(key, console) }
      return .done
    }
    guard let name else {
      for name in store.names {
        if let key = try store.key(name) { Self.print(key.verifier, console) }
      }
      return .done
    }
    Self.print(try store.signing(name, origin: "").verifier, console)
    return .done
  }

  /// Prints a verifier key, which is no secret.
  static func print(_ key: VerifierKey, _ console: Console) {
    print("verifier_key", key.description, key.name, key.idText, console)
  }

  /// Prints the half of a key that is no secret.
  static func print(_ key: SealingKey, _ console: Console) {
    print("sealing_key", key.description, key.name, key.idText, console)
  }

  private static func print(
    _ kind: String, _ text: String, _ name: KeyName, _ id: String, _ console: Console
  ) {
    guard console.isJSON else { return console.output.line(SafeText.escaped(text)) }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("name")
    writer.string(name.text)
    writer.key("key_id")
    writer.string(id)
    writer.key(kind)
    writer.string(text)
    writer.endObject()
    console.output.json(writer.bytes)
  }
}

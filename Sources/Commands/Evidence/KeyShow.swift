internal import ArgumentParser
internal import Configuration
internal import Events
internal import Evidence
internal import JSON

/// Prints verifier keys.
struct KeyShow: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print the verifier keys: those that others check with.",
    usage: "uetlog key show [<name>] [<options>]",
    discussion: """
      EXAMPLES
        uetlog key show
        uetlog key show example.com/build-log > build-log.vkey
      """)

  @Argument(help: "The key's name; all without it.")
  var name: String?

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let store = try KeyStore(console.here)
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
    guard console.isJSON else { return console.output.line(SafeText.escaped(key.description)) }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("name")
    writer.string(key.name.text)
    writer.key("key_id")
    writer.string(key.idText)
    writer.key("verifier_key")
    writer.string(key.description)
    writer.endObject()
    console.output.json(writer.bytes)
  }
}

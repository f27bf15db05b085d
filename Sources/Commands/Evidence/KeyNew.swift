internal import ArgumentParser
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Evidence
internal import JSON

/// Makes a signing key, or one that unseals.
struct KeyNew: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Make a key to sign checkpoints with, or to seal secrets to.",
    usage: "uetlog key new [<name>] [<options>]",
    discussion: """
      The key is kept in ~/.config/uetlog/keys (UETLOG_KEYS names another directory), readable by \
      you alone, and never printed. What is printed is the verifier key: give it to whoever shall \
      check. Without a name it is called like the log that is found here.

      A key on the machine of the log keeps others from changing the log unseen; it does not stop \
      you or root. Keep copies of checkpoints elsewhere.

      With --sealing the key is the one that `uetlog show --unseal` takes, and what is printed is \
      the value of secrets.seal_key. Who appends needs only that: keep the key elsewhere.

      EXAMPLES
        uetlog key new
        uetlog key new example.com/build-log
        uetlog key new --sealing
      """)

  @Argument(help: "The key's name: no spaces, no plus signs.")
  var name: String?

  @Flag(help: "A key for secrets.mode seal.")
  var sealing = false

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let text: String
    if let name {
      text = name
    } else {
      text = try OpenedLog(reading: common.log, console.here).engine.log.identity.origin
    }
    guard let name = KeyName(text) else {
      throw LogError(
        .usage, "\"\(text)\" is no name of a key", expected: "no spaces, no plus signs")
    }
    let store = try KeyStore(console.here)
    if sealing {
      let location = try LogLocation(flag: common.log, console.here)
      if location.hasLog { try store.requireOutside(ofLog: location.path) }
      let key = try store.makeUnsealing(name)
      console.note("the key is kept in \(store.unsealingPath(name))")
      KeyShow.print(key.sealing, console)
      return .done
    }
    let key = try store.make(name)
    console.note("the key is kept in \(store.path(name))")
    KeyShow.print(key.verifier, console)
    return .done
  }
}

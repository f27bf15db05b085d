internal import ArgumentParser
internal import Configuration
internal import Engine
internal import EventLog
internal import Events

/// `uetlog verify`: proves that the log is what was written, or says what is not.
struct Verify: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the log, a proof or a bundle against everything that is known of it.",
    usage: """
      uetlog verify [--deep] [--against <against> ...] [<options>]
      uetlog verify <file> [--key <vkey> ...] [<options>]
      """,
    discussion: """
      Follows every page, reads every record and computes hashes, links, ids, names and views \
      anew; compares the log with what this machine saw of it before, and with checkpoints and \
      receipts that were kept elsewhere. Exit 0: intact; 74: damaged, changed or rolled back; 66: \
      there is no log. The verdict says how far it reaches and what proves it.

      With --deep it also checks payloads against their schemas and decides on each event again, \
      as was done before it was stored; exit 1: an event is there that today's rules refuse.

      With a FILE, which `uetlog prove` or `uetlog bundle` wrote, checks that instead, without \
      any log. Exit 0: proved; 65: no such file as it should be; 74: changed, or signed by nobody \
      who is trusted.

      EXAMPLES
        uetlog verify
        uetlog verify --deep --against checkpoint.txt --key build-log.vkey
        uetlog verify --receipt receipts.jsonl
        uetlog verify 42.tlog-proof --key build-log.vkey
      """)

  @Argument(help: "A proof or a bundle.")
  var file: String?

  @Option(help: "A checkpoint of the log, in a file; can be repeated.")
  var against: [String] = []

  @Option(
    help: ArgumentHelp(
      "A verifier key to trust, or a file with it; can be repeated. Without any: your own keys.",
      valueName: "vkey"))
  var key: [String] = []

  @Option(help: "A file of receipts, a JSON object a line; can be repeated.")
  var receipt: [String] = []

  @Flag(help: "Check schemas and decisions again, too.")
  var deep = false

  @OptionGroup var common: CommonOptions

  /// The process that reads pages which may be damaged; the other one reports.
  @Flag(help: .private)
  var readPages = false

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    if let file {
      guard against.isEmpty, !deep else {
        throw LogError(
          .usage, "\(deep ? "--deep" : "--against") is about a log, not about a file")
      }
      return try OfflineCheck(file, keys: key, receipts: receipt, console).run()
    }
    let location = try LogLocation(flag: common.log, console.here)
    if readPages { return try read(location, console) }
    // What is wrong from outside is told without a second process.
    do throws(LogError) { _ = try DataFile(ofLog: location.path) } catch {
      throw error.code == .notFound ? location.missing : error
    }
    // Errors of what was given are told before the long work.
    _ = try EvidenceFiles.evidence(
      checkpoints: against, receipts: receipt, keys: key, console.here)
    var progress = Progress("verifying", isQuiet: common.quiet || common.json)
    var pages = Progress("verifying pages", isQuiet: common.quiet || common.json)
    var found = Verification(subject: Verification.Subject(path: location.path))
    var words = ["verify", "--read-pages", "--log", location.path]
    if common.json { words.append("--json") }
    if deep { words.append("--deep") }
    for (option, values) in [("against", against), ("key", key), ("receipt", receipt)] {
      words += values.map { "--\(option)=\($0)" }
    }
    let end = try PageReader.run(words) { line in
      guard let update = Verification.Update(line: line) else { return }
      switch update {
      case .pages(let visited, let total): pages.update(visited, of: total)
      case .progress(let done, let total): progress.update(done.rawValue, of: total.rawValue)
      default: break
      }
      found.apply(update)
    }
    switch end {
    case .exited(0, errors: _): break
    case .exited(let code, errors: let errors):
      console.errors.write(errors)
      return ExitCode(rawValue: code) ?? .cannotWrite
    case .signalled(let name): found.applyCrash(signal: name)
    }
    _ = consume pages
    _ = consume progress
    if common.json {
      console.output.json(found.json)
    } else {
      for line in found.lines { console.output.line(SafeText.escaped(line)) }
    }
    switch found.verdict {
    case .intact: return .done
    case .irregular: return .difference
    case .damaged, .rolledBack: return .unsafe
    }
  }

  private func read(_ location: LogLocation, _ console: Console) throws(LogError) -> ExitCode {
    PageReader.prepare()
    var options = try OpenedLog.options(console.here, isReading: true)
    options.stateDirectory = try OpenedLog.stateDirectory(console.here)
    let settings = try Settings(log: location.path, console.here)
    let evidence = try EvidenceFiles.evidence(
      checkpoints: against, receipts: receipt, keys: key, console.here)
    _ = try Verification.verify(
      log: location.path, options, rules: settings.rules, evidence: evidence,
      deepUnderSettings: deep ? settings.digest : nil
    ) { update in
      console.output.line(update.line)
      // What was told must have left this process before the next page is touched.
      console.output.flush()
      PageReader.stillAlive()
    }
    return .done
  }
}

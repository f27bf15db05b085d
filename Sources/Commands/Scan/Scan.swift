internal import ArgumentParser
internal import Configuration
internal import Engine
internal import Events
internal import Glibc
internal import JSON
internal import Secrets

/// Looks for secrets in files or in what a log stores.
struct Scan: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look for secrets in files, standard input or the log's payloads.",
    usage: "uetlog scan [<files> ...] [<options>]",
    discussion: """
      Says where something was found and by which rule, never what; exit 1 if there is anything. \
      Without FILE the stored payloads of the log are scanned. --secret-env NAME also looks for \
      the value of that environment variable, as it is and in base64, hex and percent encoding. \
      `uetlog redact --from-scan` takes out of a log what is found there.

      EXAMPLES
        git diff | uetlog scan -
        uetlog scan --json --secret-env GITHUB_TOKEN build.log
        uetlog scan --log .uetlog --from 4200
      """)

  @Argument(help: "Files; - for standard input. None: the log.")
  var files: [String] = []

  @Option(help: "Look for the value of this environment variable too; may be repeated.")
  var secretEnv: [String] = []

  @Option(help: ArgumentHelp("Of a log: from this position on.", valueName: "position"))
  var from: UInt64?

  @OptionGroup var common: CommonOptions

  private static let blockByteCount = 1 << 20

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    guard files.isEmpty || common.log == nil && from == nil else {
      throw LogError(.usage, "files exclude --log and --from")
    }
    let scanner = SecretScanner(literals: try SecretLiteral.named(secretEnv))
    var report = ScanReport(console)
    if files.isEmpty {
      try scanLog(scanner, console, &report)
    } else {
      for file in files {
        try scan(file: file, scanner, &report)
      }
    }
    console.note("\(report.findingCount) found in \(report.placeCount), rules \(RuleSet.version)")
    return report.findingCount == 0 ? .done : .difference
  }

  private func scanLog(
    _ scanner: SecretScanner, _ console: Console, _ report: inout ScanReport
  ) throws(LogError) {
    let engine = try OpenedLog(reading: common.log, console.here).engine
    var progress = Progress("scanning", isQuiet: console.isQuiet)
    let total = try engine.head().position.rawValue
    var query = Query()
    if let from { query.from = Position(from) }
    try engine.replay(query) { (event) throws(LogError) in
      report.add(event, scanner)
      progress.update(event.position.rawValue, of: total)
      return console.output.failure == nil
    }
  }

  private func scan(
    file: String, _ scanner: SecretScanner, _ report: inout ScanReport
  ) throws(LogError) {
    let isInput = file == "-"
    guard let descriptor = isInput ? STDIN_FILENO : try Files.descriptor(reading: file) else {
      throw LogError(.notFound, "there is no file \(file)")
    }
    defer { if !isInput { close(descriptor) } }
    var stream = StreamScanner(scanner)
    try Files.forEachBlock(
      of: descriptor, name: isInput ? "standard input" : file, byteCount: Self.blockByteCount
    ) { (block) throws(LogError) in
      report.add(stream.take(block), of: file)
    }
    report.add(stream.finish(), of: file)
    report.endFile()
  }
}

internal import ArgumentParser

/// `append` as help and completions show it; `AppendArguments` is what parses it.
struct Append: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Append events to the log.",
    usage: """
      uetlog append TYPE [key=value …] [options]
      uetlog append TYPE --data JSON|@FILE|- [options]
      uetlog append [options] < drafts.jsonl
      """,
    discussion: """
      One event from words, or one per line of standard input when there is no TYPE: \
      {"type", "payload", "run_id"?, "event_id"?, "key"?, "ts"?, "source"?, …}.

      key=value is typed by the event's schema; a.b=value goes into a nested object, a repeated \
      key or key[]=value into an array; key:=JSON is taken as it is.

      When append returns 0 the event is on disk for ever. Lines are stored in groups; a refused \
      one is reported with its number on standard error and the rest go on (exit 65 at the end). \
      With --follow-stdin --json every line that is not blank gets one line of answer on standard \
      output, a receipt or an error. Interrupted (INT, TERM), append ends after the group at hand, \
      says up to which line it came, and exits 75.

      EXAMPLES
        uetlog append worker_heartbeat worker_id=w1 progress=42
        uetlog append --json --follow-stdin < events.jsonl
      """)

  @Argument(help: ArgumentHelp("The event's type.", valueName: "type"))
  var type: String?

  @Argument(help: ArgumentHelp("The payload's fields.", valueName: "key=value"))
  var fields: [String] = []

  @Option(help: "The payload: JSON, @FILE, or - for standard input.")
  var data: String?

  @Option(name: .customLong("run"), help: "The run's ULID; UETLOG_RUN if it is left out.")
  var runID: String?

  @Option(help: "The event's own ULID: appended again, it is stored once.")
  var id: String?

  @Option(help: "An idempotency key, unique for source and type.")
  var key: String?

  @Option(help: "The revision that the stream must be at; 0: it must be new.")
  var expect: String?

  @Option(help: "Who says it.")
  var source: String?

  @Option(help: ArgumentHelp("A label, k=v; may be repeated.", valueName: "k=v"))
  var label: [String] = []

  @Option(help: "When it happened, RFC 3339; now if it is left out.")
  var ts: String?

  @Option(help: "debug, info, warning, error or critical.")
  var severity: String?

  @Option(help: "What it belongs to: a correlation id.")
  var correlation: String?

  @Option(help: "The ULID of the event that caused it.")
  var causation: String?

  @Option(help: "The stream, only to confirm: it follows from the payload.")
  var stream: String?

  @Option(help: "How long to wait for other writers (default: 5s).")
  var wait: String?

  @Option(help: "Also write the receipts, as JSON, to this file.")
  var receipt: String?

  @Option(help: "The log's directory.")
  var log: String?

  @Option(help: "auto, always or never.")
  var color: String?

  @Flag(help: "Check and decide, but store nothing.")
  var dryRun = false

  @Flag(help: "Lines: all or nothing, at most 1000 events and 32 MiB.")
  var atomic = false

  @Flag(help: "Lines: an answer for each as soon as it is stored.")
  var followStdin = false

  @Flag(help: "Print receipts and errors as JSON.")
  var json = false

  @Flag(help: "Print no receipts for people.")
  var quiet = false

  /// Never called: the hand-written parser comes first.
  func run() throws { throw CleanExit.helpRequest(self) }
}

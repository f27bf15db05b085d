/// The documented state tables, written down apart from the code that decides.
struct DocumentedTable {
  /// The states that the first event may lead to; nil for any.
  let first: [String]?
  let next: [String: [String]]
  /// Where it mostly begins.
  let start: String
  /// Whether nothing but the table decides, so that each edge of it must be accepted.
  let isWhole: Bool

  private init(_ edges: String, first: [String]?, isWhole: Bool) {
    var next: [String: [String]] = [:]
    for row in edges.split(separator: ";") {
      let words = row.split(separator: " ").map(String.init)
      if let from = words.first { next[from] = Array(words.dropFirst()) }
    }
    self.first = first
    start = String(edges.prefix { $0 != " " })
    self.next = next
    self.isWhole = isWhole
  }

  func allows(_ from: String?, _ to: String) -> Bool {
    guard let from else { return first?.contains(to) ?? true }
    return next[from]?.contains(to) ?? false
  }

  /// All states, in the order of the alphabet.
  var states: [String] {
    Set(next.keys).union(next.values.joined()).sorted()
  }

  /// The table of an entity, by its name; nil when none is documented.
  static func of(_ entity: String) -> DocumentedTable? {
    let category = entity.prefix { $0 != "-" }
    return all[String(category)]
  }

  static let all: [String: DocumentedTable] = [
    "patch": DocumentedTable(
      "created validated dropped;validated queued quarantined;queued applied apply_failed;"
        + "applied verified rolled_back;apply_failed quarantined queued;"
        + "verified committed rolled_back;rolled_back dropped;quarantined dropped",
      first: ["created"], isWhole: false),
    "worker": DocumentedTable(
      "SPAWNING IDLE TERMINATED;IDLE BUSY DRAINING TERMINATED;BUSY IDLE DRAINING TERMINATED;"
        + "DRAINING TERMINATED", first: ["SPAWNING"], isWhole: false),
    "task": DocumentedTable(
      "pending assigned blocked cancelled;blocked pending cancelled;"
        + "assigned running pending cancelled;running completed failed cancelled;failed pending",
      first: nil, isWhole: false),
    "run": DocumentedTable(
      "pending running canceled;running succeeded failed quarantined canceled;failed quarantined",
      first: nil, isWhole: true),
    "workstream": DocumentedTable(
      "planned ready blocked skipped cancelled;blocked ready;ready executing skipped cancelled;"
        + "executing validating failed cancelled;validating completed failed",
      first: nil, isWhole: true),
    "phase": DocumentedTable(
      "planned running;running validating;validating completed failed;completed compensating;"
        + "failed compensating;compensating compensated compensation_failed",
      first: nil, isWhole: true),
    "gate": DocumentedTable(
      "pending running blocked skipped;blocked pending;running passed failed error;"
        + "passed running;failed running;error running;skipped running",
      first: ["running", "blocked", "skipped"], isWhole: false),
    "review": DocumentedTable(
      "requested assigned decided expired withdrawn;assigned decided expired withdrawn",
      first: ["requested"], isWhole: true),
    "tool": DocumentedTable(
      "closed open;open half_open;half_open closed open", first: ["open"], isWhole: false),
    "saga": DocumentedTable(
      "running completed compensating;completed compensating;"
        + "compensating compensated compensation_failed", first: ["running"], isWhole: false),
    "merge": DocumentedTable(
      "started conflict completed failed;conflict conflict completed failed", first: nil,
      isWhole: true),
    "error": DocumentedTable(
      "raised in_pipeline resolved;in_pipeline in_pipeline resolved", first: nil, isWhole: true),
  ]
}

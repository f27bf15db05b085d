internal import Events

/// Puts payloads without their secrets in the place of stored ones, and says so, all or nothing.
struct RedactUnit: WriteUnit {
  let redactions: [Redaction]
  /// Stores the events that say so.
  var append: AppendUnit

  var isDryRun: Bool { append.isDryRun }
  /// On a full disk a secret is taken out all the same.
  var mayUseReserve: Bool { true }

  mutating func run(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> [Receipt] {
    for redaction in redactions {
      guard try tables.event(at: redaction.position)?.payload == redaction.before else {
        throw LogError(
          .conflict, "the payload at position \(redaction.position) was redacted meanwhile",
          hint: "Run the command again")
      }
      try tables.redactPayload(at: redaction.position, redaction.after)
    }
    return try append.run(&tables).map { (outcome) throws(LogError) in try outcome.get() }
  }
}

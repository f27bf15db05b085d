/// The numbers that guards, reactions and views go by; all of them are settings.
package struct Rules: Hashable, Sendable {
  /// A worker is healthy while its last heartbeat is younger than this.
  package var heartbeatTimeoutSeconds: Int64 = 300
  /// `sweep` quarantines a worker that was silent for this long.
  package var heartbeatQuarantineSeconds: Int64 = 600
  /// `sweep` quarantines a worker with this many errors since its last completed task.
  package var workerErrorsMax: Int64 = 10
  /// Which steps the patch ledger allows.
  package var ledgerProfile = LedgerProfile.default
  /// A patch may be applied this often.
  package var applyAttemptsMax: UInt8 = 3
  /// Whether a patch fails its checks whose request the log does not know.
  package var refusesUnknownRequests = false
  /// A failed task may be retried this often, unless it says otherwise.
  package var taskRetriesMax: UInt8 = 3
  /// Fix tasks of fix tasks go this deep; then a person is asked.
  package var fixDepthMax: Int = 3
  /// This many tool errors in a row open the circuit.
  package var circuitFailures: UInt32 = 5
  /// An open circuit may be probed after this long.
  package var circuitCooldownSeconds: Int64 = 60
  /// The share of a budget at which a warning is given, in thousandths.
  package var budgetWarnPermille: Int64 = 800

  /// Reactions to reactions go this deep.
  package var reactionDepthMax: Int = 8
  /// One event has at most this many reactions, those to reactions counted too.
  package var reactionWidthMax: Int = 64

  /// What tokens cost, by model.
  package var prices: [String: TokenPrice] = [:]

  package init() {}
}

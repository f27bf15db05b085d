/// Ways to break the log on purpose: each must be found, or the simulation proves nothing.
enum Breakage: String, CaseIterable {
  /// A fold does not see one of the events.
  case eventMissedByFold = "event-missed-by-fold"
  /// Every fifth id or key is forgotten.
  case forgottenID = "forgotten-id"
  /// What a budget's row gains is counted twice.
  case doubledSum = "doubled-sum"
  /// Expected revisions do not reach the engine.
  case ignoredExpectation = "ignored-expectation"
  /// What is claimed of a patch's checks is believed.
  case trustedVerdict = "trusted-verdict"
  /// A transaction that fails leaves behind what it had done.
  case keptAbortedWork = "kept-aborted-work"
  /// A committed transaction is not there afterwards.
  case lostCommit = "lost-commit"
  /// The log forgets when its last event was recorded.
  case forgottenTime = "forgotten-time"
  /// Every ninth change of a row is lost.
  case lostRow = "lost-row"
  /// The state of a task does not change.
  case frozenState = "frozen-state"
  /// The tree takes a leaf that no event has.
  case wrongLeaf = "wrong-leaf"
  /// A payload that is said to be redacted stays as it was.
  case keptSecret = "kept-secret"
  /// Seals are signed by another key.
  case foreignSeal = "foreign-seal"
  /// The log on disk gets other salts.
  case differentTwin = "different-twin"
  /// The model's tables lack an edge that the engine has.
  case narrowedTable = "narrowed-table"
  /// Salts and ids do not follow from the seed.
  case unseededEntropy = "unseeded-entropy"
}

/// Types that only the log itself appends: facts about itself, and sums that it has seen.
extension EventType {
  /// How such an event comes about; nil for the types that anybody may append.
  package var origin: String? {
    switch self {
    case .budget_warning, .budget_exceeded:
      "it follows from charges: `uetlog append cost_charged`"
    case .import_started, .import_completed: "`uetlog import git` appends it"
    case .checkpoint_sealed: "`uetlog seal` appends it"
    case .payload_redacted: "`uetlog redact` appends it"
    case .payload_sealed: "`uetlog append` appends it when secrets.mode is seal"
    case .import_undone:
      "no command of this version appends it"
    default: nil
    }
  }
}

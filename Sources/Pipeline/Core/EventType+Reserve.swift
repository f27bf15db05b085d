/// What has to be stored when the disk is full: what was spent, and what makes room or proof.
extension EventType {
  /// Whether an event of this type may use the room that a log keeps for a full disk.
  package var mayUseReserve: Bool {
    switch self {
    case .cost_reserved, .cost_charged, .cost_released, .budget_set, .budget_warning,
      .budget_exceeded, .payload_redacted, .checkpoint_sealed:
      true
    default: false
    }
  }
}

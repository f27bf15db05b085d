package import Bytes
package import Events

/// The states of a merge.
package enum MergeStatus: UInt8, Lifecycle {
  case absent = 0, started, conflict, completed, failed

  package static let thing = "merge"

  /// A conflict may be followed by further ones in other files; a merge may be told by its end
  /// alone.
  package static let edges = Edges<MergeStatus>([
    .absent: [.started, .conflict, .completed, .failed],
    .started: [.conflict, .completed, .failed],
    .conflict: [.conflict, .completed, .failed],
  ])
}

/// A merge of patches, and the last conflict in it.
package struct MergeState: StatusMachine {
  package static let category = Category.merge
  package static let layout: UInt8 = 1

  package var status = MergeStatus.absent
  package var started = Position.none
  package var ended = Position.none
  package var lastConflict = Position.none
  package var conflicts: UInt32 = 0

  package init() {}

  package mutating func enter(_ event: DomainEvent) {
    switch status {
    case .absent: break
    case .started: started = event.position
    case .completed, .failed: ended = event.position
    case .conflict:
      lastConflict = event.position
      conflicts.increment()
    }
  }

  package static var reacts: Bool { true }

  package func reactions(
    from before: MergeState, to event: DomainEvent, _ context: ReactContext
  ) -> [Reaction] {
    guard event.type == .merge_conflict, conflicts > before.conflicts else { return [] }
    let path = event.payload.text("file_path") ?? "a file"
    let first = event.payload.text("patch_id_1") ?? "the first patch"
    let second = event.payload.text("patch_id_2") ?? "the second patch"
    return [
      .review(
        of: context.name, because: event, "\(first) and \(second) both change \(path)",
        [
          ReviewOption(decision: "approve", text: "take \(first)"),
          ReviewOption(decision: "approve", text: "take \(second)"),
          ReviewOption(decision: "adjust", text: "merge by hand"),
          ReviewOption(decision: "reject", text: "take neither"),
        ])
    ]
  }

  package static func target(of event: DomainEvent) -> MergeStatus? {
    switch event.type {
    case .merge_started: .started
    case .merge_conflict: .conflict
    case .merge_completed: .completed
    case .merge_failed: .failed
    default: nil
    }
  }
}

extension MergeState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(MergeStatus.self)
    started = reader.position()
    ended = reader.position()
    lastConflict = reader.position()
    conflicts = reader.integer(UInt32.self)
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(started)
    bytes.append(ended)
    bytes.append(lastConflict)
    bytes.append(littleEndian: conflicts)
  }
}

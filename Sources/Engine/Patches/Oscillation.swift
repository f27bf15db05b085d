internal import Bytes
internal import Diff
internal import Events
internal import Pipeline
internal import Policy

/// Looks for patches that go round in circles: those of the same workstream, or of the project when
/// there is none, that came right before one and do the same as it or what it takes back.
///
/// Which patches there are is read from the log backwards, as far as `positionCountMax` events, so
/// that one verdict has an end however large the log is.
struct ReadOscillation: ReadUnit {
  let patch: StoredPatch
  let lines: ChangedLines
  /// How many earlier patches are compared.
  let window: Int
  /// Drafts before it that the log does not have yet, oldest first.
  let drafts: ArraySlice<PreparedDraft>

  private static let positionCountMax: UInt64 = 1 << 17
  /// So many patches are looked at, whatever they belong to.
  private static let patchCountMax = 1_000
  private static let windowMax = 100

  /// The patches that it repeats or takes back, the newest first.
  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [String] {
    var search = Search(patch: patch, lines: lines, rest: min(window, Self.windowMax))
    for draft in drafts.reversed() where search.rest > 0 {
      // An answer that the log has already becomes no patch.
      let answer = draft.payloadKeys.first { $0.kind == .answer }
      if let answer, try tables.entry(for: answer.key) != nil { continue }
      search.take(draft.payload)
    }
    let created = patch.state.created
    var end = created > .none ? created.previous : try tables.head().position
    let limit = end.rawValue - min(end.rawValue, Self.positionCountMax)
    var size: UInt64 = 512
    var seen = 0
    while end.rawValue > limit, search.rest > 0, seen < Self.patchCountMax {
      let first = max(limit, end.rawValue - min(end.rawValue, size))
      for position in try Self.creations(Position(first + 1)...end, tables).reversed()
      where search.rest > 0 && seen < Self.patchCountMax {
        seen += 1
        guard let payload = try liveEvent(at: position, in: tables)?.payload,
          try isLive(payload, position, tables)
        else { continue }
        search.take(payload)
      }
      end = Position(first)
      size *= 2
    }
    return search.found
  }

  private static let types = TypeFilter([EventType.patch_created.name])

  private static func creations(
    _ positions: ClosedRange<Position>,
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [Position] {
    var found: [Position] = []
    _ = try tables.scan(positions, of: types) { (position, _) throws(LogError) in
      found.append(position)
      return true
    }
    return found
  }

  /// Whether a patch stands as it was created there: it may have been undone.
  private func isLive(
    _ payload: Payload, _ position: Position,
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Bool {
    guard let id = payload.text(["artifact", "patch_id"]) else { return false }
    return try state(of: "patch-\(id)", as: PatchState.self, in: tables)?.created == position
  }

  private struct Search {
    let patch: StoredPatch
    let lines: ChangedLines
    /// How many more patches are compared.
    var rest: Int
    var found: [String] = []

    mutating func take(_ payload: Payload) {
      guard let id = payload.text(["artifact", "patch_id"]), id != patch.id.description,
        belongs(payload)
      else { return }
      rest -= 1
      // Who takes a patch back, or puts it up again, says so and means it.
      if patch.takesBack == id { return }
      if patch.creation.text(["relations", "replaces_patch_id"]) == id { return }
      let text = Array((payload.text(["artifact", "diff_text"]) ?? "").utf8)
      let other = ChangedLines(of: UnifiedDiff(parsing: text.span), in: text.span)
      if lines == other || lines.takesBack(other) { found.append(id) }
    }

    private func belongs(_ payload: Payload) -> Bool {
      guard let workstream = patch.workstream else {
        return payload.text("project_id") == patch.project
      }
      let other =
        payload.text("workstream_id") ?? payload.text(["artifact", "origin", "workstream_id"])
      return other == workstream
    }
  }
}

extension Engine {
  /// Adds a problem when a patch does what too many of those right before it did or took back.
  func judgeOscillation(
    of patch: StoredPatch, _ policy: EffectivePolicy, _ diff: UnifiedDiff, _ text: Span<UInt8>,
    after drafts: ArraySlice<PreparedDraft>, _ verdict: inout Verdict
  ) throws(LogError) {
    guard let limits = policy.oscillation.value else { return }
    var read = ReadOscillation(
      patch: patch, lines: ChangedLines(of: diff, in: text), window: limits.window, drafts: drafts)
    let found = try log.read(&read)
    guard !found.isEmpty, found.count + 1 >= limits.threshold else { return }
    let whose = patch.workstream.map { "workstream \($0)" } ?? "project \(patch.project ?? "")"
    let told = found.prefix(3).map { "patch-\($0)" }.joined(separator: ", ")
    verdict.add(
      .init(
        .constraints, "oscillation",
        "it repeats or takes back \(found.count) of the last \(limits.window) patches of \(whose) "
          + "(\(told)): with it \(found.count + 1), and the threshold is \(limits.threshold)"
      ))
  }
}

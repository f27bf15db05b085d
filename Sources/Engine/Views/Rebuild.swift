internal import Bytes
package import Events
internal import Pipeline

/// A fold on its way into a log, shared by the steps that write it: a step that has to run again
/// must not take events in twice.
private final class Staging {
  var folder: Folder
  /// What this rebuild writes to tell its steps from another's.
  let token: [UInt8]
  /// Rows that are not staged, or not as they now are.
  var pending: ArraySlice<EntityNumber>

  init(_ folder: Folder, token: [UInt8]) {
    self.folder = folder
    self.token = token
    pending = folder.numbers[...]
  }
}

/// What a log keeps of a rebuild while it goes on.
enum RebuildToken {
  static let key = "rebuild"
  static let byteCount = 8
}

/// The steps of a rebuild, each one transaction.
private struct RebuildStep: WriteUnit {
  enum Action {
    /// Removes what an earlier rebuild left.
    case clear
    case stage
    /// Takes the tail in and puts the staged rows in force.
    case adopt
    case sweep
  }

  enum Outcome {
    case done
    case more
    /// Too much was appended meanwhile to take it in under the lock.
    case fellBehind
  }

  let action: Action
  let staging: Staging
  var isDryRun: Bool { false }

  /// Some 800 pages of 4 KiB, which hold others up for some 20 ms; fewer would cost more flushes.
  static let rowCountMax = 20_000
  /// How many events are folded under the lock.
  static let tailCountMax: UInt64 = 2000

  mutating func run(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Outcome {
    try CatalogMark.current.claim(&tables)
    if action != .clear {
      guard try tables.value(RebuildToken.key) == staging.token else {
        throw LogError(
          .busy, "another process has begun to rebuild the views",
          hint: "Wait until it is done; the log can be used meanwhile")
      }
    }
    switch action {
    case .clear:
      try tables.set(staging.token, RebuildToken.key)
      return try tables.removeRowsNotInForce(count: Self.rowCountMax) ? .more : .done
    case .stage: return try stage(&tables, countMax: Self.rowCountMax)
    case .adopt: return try adopt(&tables)
    case .sweep:
      if try tables.removeRowsNotInForce(count: Self.rowCountMax) { return .more }
      try tables.set(nil, RebuildToken.key)
      return .done
    }
  }

  private func stage(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable, countMax: Int
  ) throws(LogError) -> Outcome {
    // Once: reading a struct of an object copies it.
    let folder = staging.folder
    for number in staging.pending.prefix(countMax) {
      if let row = folder.row(number) { try tables.stage(row, number) }
    }
    return staging.pending.count > countMax ? .more : .done
  }

  private func adopt(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Outcome {
    let head = try tables.head().position
    guard head.rawValue - min(head.rawValue, staging.folder.position.rawValue) <= Self.tailCountMax
    else { return .fellBehind }
    try staging.folder.takeTail(to: head, from: tables)
    let folder = staging.folder
    for number in folder.changed {
      if let row = folder.row(number) { try tables.stage(row, number) }
    }
    try tables.adoptStagedRows()
    try tables.set(ViewLayouts.current.encoded, ViewLayouts.key)
    return .done
  }
}

extension Folder {
  fileprivate mutating func takeTail(
    to end: Position, from tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    try tables.scan(from: position.next) { (position, record) throws(LogError) in
      guard position <= end else { return false }
      try take(record.envelope, record.payloadBytes, at: position, from: tables)
      return true
    }
    guard position >= end else {
      throw LogError(
        .corruption, "there is no event at position \(position.next)",
        hint: "Run `uetlog verify`")
    }
  }
}

extension Engine {
  /// Makes all rows anew by folding the log, beside readers and writers.
  ///
  /// The new rows are written where nobody reads them, in transactions of some 800 pages,
  /// and put in force by the last one, which takes in what was appended meanwhile. Until then the
  /// old rows stand, whenever this ends; what it left is removed by the next rebuild.
  ///
  /// - Parameters:
  ///   - waitNanoseconds: how long each step waits for other writers.
  ///   - onStep: asked before each write; a throw from it ends the rebuild there.
  package func rebuildViews(
    waitNanoseconds: Int64 = 5_000_000_000, progress: Progress = { _, _ in },
    onStep: () throws(LogError) -> Void = {}
  ) throws(LogError) {
    var folder = try fold(progress: progress)
    folder.forgetChanges()
    var entropy = SystemEntropy()
    var token: [UInt8] = []
    token.append(littleEndian: entropy.next())
    let staging = Staging(folder, token: token)
    folder = Folder(catalog: catalog, rules: rules)
    func step(_ action: RebuildStep.Action) throws(LogError) -> RebuildStep.Outcome {
      try onStep()
      var unit = RebuildStep(action: action, staging: staging)
      return try log.write(waitNanoseconds: waitNanoseconds, &unit)
    }
    while case .more = try step(.clear) {}
    while true {
      while !staging.pending.isEmpty {
        let outcome = try step(.stage)
        staging.pending.removeFirst(min(RebuildStep.rowCountMax, staging.pending.count))
        if case .done = outcome { break }
      }
      guard case .fellBehind = try step(.adopt) else { break }
      staging.folder = try fold(staging.folder, progress: progress)
      staging.pending = staging.folder.changed[...]
      staging.folder.forgetChanges()
    }
    while case .more = try step(.sweep) {}
  }
}

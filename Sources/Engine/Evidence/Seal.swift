internal import Bytes
internal import EventLog
package import Events
package import Evidence
internal import JSON
internal import Merkle
internal import Pipeline
internal import Synchronization

/// A checkpoint that the log keeps as an event: signed, it says what the log was before that event.
package struct Seal: Hashable, Sendable {
  /// Where the event is.
  package let position: Position
  package let checkpoint: SignedCheckpoint

  /// The last position that the checkpoint covers: its tree begins with the genesis leaf.
  package var covers: Position { Position(checkpoint.checkpoint.size &- 1) }
}

extension Seal {
  /// Reads the payload of a `checkpoint_sealed`; nil when it has no signature or says nothing that
  /// could be signed.
  init?(position: Position, payload: [UInt8], defaultOrigin: String) {
    guard let payload = Payload(payload), let number = payload.integer("size"), number > 0,
      let root = payload.text("root").flatMap({ Digest(hex: Array($0.utf8)) }),
      let signer = payload.text("key_id"), let plus = signer.lastIndex(of: "+"),
      let name = KeyName(signer[..<plus]),
      let signature = NoteSignature(name: name, base64: (payload.text("signature") ?? "").utf8)
    else { return nil }
    self.position = position
    checkpoint = SignedCheckpoint(
      Checkpoint(
        origin: payload.text("origin") ?? defaultOrigin, size: UInt64(number), root: root),
      signature)
  }

  /// The draft of the event that keeps a checkpoint.
  static func draft(_ signed: SignedCheckpoint) throws(LogError) -> Draft {
    guard let signature = signed.note.signatures.first else {
      throw LogError(.system, "a checkpoint without a signature")
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("size")
    writer.int(signed.checkpoint.size)
    writer.key("root")
    writer.string(signed.checkpoint.root.description)
    writer.key("origin")
    writer.string(signed.checkpoint.origin)
    writer.key("key_id")
    writer.string(signature.signer)
    writer.key("signature")
    writer.string(signature.base64)
    writer.endObject()
    guard let payload = Payload(writer.bytes) else {
      throw LogError(.system, "the seal has no valid payload")
    }
    var draft = Draft(type: EventType.checkpoint_sealed.name, payload: payload)
    draft.source = "uetlog"
    draft.isByLog = true
    return draft
  }
}

/// Signs the tree as it stands and stores that, in one transaction: the event comes right behind
/// what it covers.
struct SealLog: WriteUnit {
  let key: SigningKey
  let origin: String
  /// Only after so many events since the last seal.
  var every: UInt64?
  let isDryRun: Bool
  let mayUseReserve = true
  var preparer: Preparer
  let rules: Rules
  let clock: any TimeSource

  mutating func run(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> (checkpoint: SignedCheckpoint, receipt: Receipt)? {
    if let every {
      let last = try tables.lastSeal(covering: .none, origin: origin)
      guard try tables.head().position.count(since: last) >= every else { return nil }
    }
    let tree = try tables.head().frontier
    let checkpoint = Checkpoint(origin: origin, size: tree.size, root: tree.root)
    let signed: SignedCheckpoint
    do throws(EvidenceError) { signed = try SignedCheckpoint(checkpoint, by: key) } catch {
      throw LogError(.system, error.message)
    }
    let draft = try preparer.prepare(Seal.draft(signed))
    var append = AppendUnit(
      [draft], isAtomic: true, isDryRun: isDryRun, preparer: preparer, rules: rules, clock: clock)
    guard let receipt = try append.run(&tables).first?.get() else {
      throw LogError(.system, "the seal was not stored")
    }
    return (signed, receipt)
  }
}

extension LogIdentity {
  /// What checkpoints call the log.
  package var origin: String { "uetlog/\(id)" }
}

extension Engine {
  /// Signs the log as it stands, and keeps the checkpoint as an event.
  package func seal(
    by key: SigningKey, _ options: AppendOptions = AppendOptions()
  ) throws(LogError) -> (checkpoint: SignedCheckpoint, receipt: Receipt) {
    var unit = SealLog(
      key: key, origin: log.identity.origin, isDryRun: options.isDryRun,
      preparer: preparer.withLock { $0.split() }, rules: rules, clock: clock)
    guard let sealed = try log.write(waitNanoseconds: options.waitNanoseconds, &unit) else {
      throw LogError(.system, "the seal was not stored")
    }
    return sealed
  }

  /// The same, if there are `count` events or more since the last seal; nil otherwise.
  package func sealIfDue(
    every count: UInt64, by key: SigningKey, _ options: AppendOptions = AppendOptions()
  ) throws(LogError) -> (checkpoint: SignedCheckpoint, receipt: Receipt)? {
    var unit = SealLog(
      key: key, origin: log.identity.origin, every: count, isDryRun: options.isDryRun,
      preparer: preparer.withLock { $0.split() }, rules: rules, clock: clock)
    return try log.write(waitNanoseconds: options.waitNanoseconds, &unit)
  }

  /// How many events there are since the last seal.
  package func eventCountSinceSeal() throws(LogError) -> UInt64 {
    try head().position.count(since: lastSeal(covering: .none))
  }

  /// The newest seal that covers a position, or all of the log's seals' newest for `none`; nil when
  /// there is none.
  package func lastSeal(covering position: Position) throws(LogError) -> Seal? {
    var unit = ReadSeal(position: position, origin: log.identity.origin)
    return try log.read(&unit)
  }
}

/// Finds the newest seal that covers a position.
private struct ReadSeal: ReadUnit {
  let position: Position
  let origin: String

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Seal? { try tables.lastSeal(covering: position, origin: origin) }
}

extension Position {
  /// How many positions there are up to this one after that of a seal, or of none.
  fileprivate func count(since seal: Seal?) -> UInt64 {
    rawValue &- min(rawValue, seal?.position.rawValue ?? 0)
  }
}

extension LogReader where Self: ~Copyable, Self: ~Escapable {
  /// The newest seal that covers a position.
  fileprivate borrowing func lastSeal(
    covering position: Position, origin: String
  ) throws(LogError) -> Seal? {
    guard let name = Name("log"), let number = try number(of: name) else { return nil }
    var next = try row(number)?.last ?? .none
    while next > position {
      guard let event = try event(at: next) else { return nil }
      if event.envelope.type == EventType.checkpoint_sealed.name, let payload = event.payload,
        let seal = Seal(position: next, payload: payload, defaultOrigin: origin)
      {
        return seal.covers >= position ? seal : nil
      }
      guard event.envelope.previousInStream < next else {
        throw LogError(.corruption, "the event at \(next) links forward")
      }
      next = event.envelope.previousInStream
    }
    return nil
  }
}

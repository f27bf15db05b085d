internal import Bytes
internal import Events
internal import Pipeline

/// What the rows depend on of an event, taken out of its record.
struct FoldEvent: Sendable {
  /// A name in the batch's `names`; one without bytes is none.
  struct NameRange: Sendable {
    var start: Int
    var count: Int
    /// `Name.digest` of the bytes.
    var digest: UInt64

    static let none = NameRange(start: 0, count: 0, digest: 0)
  }

  /// The row whose state the event changes.
  enum Target: Sendable {
    case none
    /// The stream's own.
    case stream
    case name(NameRange)
  }

  var position: Position
  var eventID: ULID
  var stream: NameRange
  var runID: ULID?
  var time: Timestamp
  var recordedAt: Timestamp
  var flags: EventFlags
  /// Nil for a user's own type.
  var type: EventType?
  /// Where the payload is in the batch's `payloads`, or an empty range when nothing reads it; nil
  /// when it is gone, and when nobody knows the type any more: the event then only lengthens
  /// its stream and its run.
  var payload: Range<Int>?
  var entity = Target.none
  /// Where the rows that get a share are in the batch's `adds`.
  var adds = 0..<0
}

/// Events on their way into a fold.
struct FoldBatch: Sendable {
  var events: [FoldEvent] = []
  var names: [UInt8] = []
  var payloads: [UInt8] = []
  var adds: [FoldEvent.NameRange] = []

  /// Roughly how much memory it takes.
  var byteCount: Int { names.count + payloads.count }

  mutating func removeAll() {
    events.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    payloads.removeAll(keepingCapacity: true)
    adds.removeAll(keepingCapacity: true)
  }
}

/// Takes out of records what a fold needs of them: its part that looks at no row, so that another
/// thread can do it.
struct FoldDecoder {
  private struct KnownType {
    let digest: UInt64
    let name: [UInt8]
    let type: EventType?
    let entity: Template?
    let adds: [Template]
    /// Whether anything of the fold reads the payload.
    let readsPayload: Bool
    /// Whether `adds` depend on the run alone: what they named for the event before is kept.
    let remembersNames: Bool
    var named: (runID: ULID?, names: [Name?])?

    init(_ definition: EventDefinition, digest: UInt64) {
      self.digest = digest
      name = Array(definition.name.utf8)
      type = definition.type
      entity = definition.entity
      adds = definition.adds
      let hasFields = !adds.allSatisfy(\.fields.isEmpty)
      readsPayload =
        hasFields || !(entity?.fields.isEmpty ?? true) || (type?.isFoldedWithPayload ?? false)
      remembersNames = !hasFields
    }
  }

  private let catalog: Catalog
  private var types: [KnownType] = []
  /// For each low byte of a schema's digest the type that had it last.
  private var recent = [Int](repeating: 0, count: 256)
  var batch = FoldBatch()

  init(catalog: Catalog) { self.catalog = catalog }

  /// Adds an event to the batch.
  ///
  /// - Parameters:
  ///   - payload: nil when it is gone.
  ///   - source: the log the event is from; read only for the schemas of users' own types.
  mutating func take(
    _ envelope: borrowing EnvelopeView, _ payload: RawSpan?, at position: Position,
    from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    let known = try knownType(of: envelope, from: source)
    var event = FoldEvent(
      position: position, eventID: envelope.eventID,
      stream: add(envelope.bytes.extracting(envelope.streamRange)), runID: envelope.runID,
      time: envelope.time, recordedAt: envelope.recordedAt, flags: envelope.flags)
    if let known, let payload {
      let start = batch.payloads.count
      if types[known].readsPayload {
        unsafe payload.withUnsafeBytes { unsafe batch.payloads.append(contentsOf: $0) }
      }
      event.type = types[known].type
      event.payload = start..<batch.payloads.count
      if let template = types[known].entity {
        event.entity = try name(template, event).map { .name(add($0.bytes.rawSpan)) } ?? .none
      } else {
        event.entity = .stream
      }
      if !types[known].adds.isEmpty { try addShares(&event, known) }
    }
    batch.events.append(event)
  }

  /// The index of the event's type; nil when nobody knows it.
  private mutating func knownType(
    of envelope: borrowing EnvelopeView,
    from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Int? {
    let digest = envelope.schemaDigest
    let place = Int(truncatingIfNeeded: digest & 255)
    let index = recent[place]
    if index < types.count, types[index].digest == digest,
      envelope.has(types[index].name, at: envelope.typeRange)
    {
      return index
    }
    let type = envelope.string(envelope.typeRange)
    try catalog.learn(type, from: source)
    guard let definition = try catalog.definition(type) else { return nil }
    let known = types.firstIndex {
      $0.digest == digest && envelope.has($0.name, at: envelope.typeRange)
    }
    if known == nil { types.append(KnownType(definition, digest: digest)) }
    recent[place] = known ?? types.count - 1
    return recent[place]
  }

  private mutating func addShares(
    _ event: inout FoldEvent, _ known: Int
  ) throws(LogError) {
    let start = batch.adds.count
    if let named = types[known].named, named.runID == event.runID {
      for name in named.names { addShare(name) }
    } else {
      var names: [Name?] = []
      for template in types[known].adds { names.append(try name(template, event)) }
      for name in names { addShare(name) }
      if types[known].remembersNames { types[known].named = (event.runID, names) }
    }
    event.adds = start..<batch.adds.count
  }

  private mutating func addShare(_ name: Name?) {
    batch.adds.append(name.map { add($0.bytes.rawSpan) } ?? .none)
  }

  private func name(_ template: Template, _ event: FoldEvent) throws(LogError) -> Name? {
    let payload = Payload(stored: batch.payloads, event.payload ?? 0..<0)
    return try template.resolved(payload, event.runID)
  }

  private mutating func add(_ name: RawSpan) -> FoldEvent.NameRange {
    let start = batch.names.count
    unsafe name.withUnsafeBytes { unsafe batch.names.append(contentsOf: $0) }
    return FoldEvent.NameRange(
      start: start, count: name.byteCount, digest: Name.digest(name))
  }
}

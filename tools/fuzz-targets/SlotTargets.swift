internal import Bytes
internal import Events
internal import JSON
internal import Pipeline

@testable internal import Commands
@testable internal import Engine
@testable internal import EventLog

/// Three writers of a group: who has the lock, one of whose request, slot and answer the input has
/// changed any byte, and one that nobody has done anything to.
///
/// Nothing that stands in the slots keeps the third from its own receipt; whatever was taken is an
/// event like any other, stored once; what the second is told can be printed.
@Sendable func fuzzSlots(_ bytes: [UInt8]) { fuzzSlots(bytes, mixesUp: false) }

/// The same with a leader that mixes the answers up.
@Sendable func fuzzMixedSlots(_ bytes: [UInt8]) { fuzzSlots(bytes, mixesUp: true) }

private func fuzzSlots(_ bytes: [UInt8], mixesUp: Bool) {
  var input = FuzzInput(bytes)
  if input.byte() == 0xFF { return fuzzSlotFile(&input) }
  let seats = SlotGround.shared
  seats.clear()
  do throws(LogError) {
    let drafts = try SlotDrafts()
    let (forged, isForged) = try drafts.forged(&input)
    guard seats.innocent.publish(drafts.request(of: drafts.innocent)), seats.other.publish(forged)
    else { return }
    let isPoked = seats.poke(&input)
    var group = GroupAppend(drafts.engine.unit([drafts.own], AppendOptions()), 1)
    let taken = seats.leader.gather { group.take($0) }
    promise(taken.count <= SlotMap.slotCount, "too many are taken in hand")
    var isWritten = false
    do throws(LogError) {
      let outcomes = try drafts.engine.log.write(waitNanoseconds: 0, &group)
      let answers = group.answers(outcomes)
      promise(answers.count == taken.count, "\(answers.count) answers to \(taken.count) requests")
      seats.leader.answer(taken, mixesUp ? answers.reversed() : answers)
      isWritten = true
    } catch { seats.leader.giveBack(taken) }
    promise(isWritten || isForged || isPoked, "the group was not stored")
    try check(seats.innocent.look(), of: drafts.innocent, drafts, isWritten: isWritten)
    seats.poke(&input)
    seats.forgeAnswer(&input)
    look(at: seats.other, drafts.other)
    try drafts.checkLog()
  } catch { fail("\(error.code): \(error.message)") }
}

/// The first bytes of the file, and its length: what comes of it can be used, and is of this boot.
private func fuzzSlotFile(_ input: inout FuzzInput) {
  SlotGround.shared.pokeFront(&input)
  guard let map = SlotFile.open(in: SlotGround.shared.fronts) else { fail("there is no slot file") }
  promise(map.header == .current, "a file of another kind was taken")
  guard let seat = Seat(map) else { fail("there is no seat in a file that nobody uses") }
  promise(seat.publish([1]) && seat.withdraw() == .withdrawn, "the file can't be used")
}

private func check(
  _ standing: Seat.Standing, of draft: PreparedDraft, _ drafts: SlotDrafts, isWritten: Bool
) throws(LogError) {
  guard isWritten else { return promise(standing == .suspect, "given back, and \(standing)") }
  guard case .answered(let answer) = standing,
    let outcome = GroupAnswer.outcomes(answer, of: [draft])?.first
  else { fail("who was left alone has no answer of its own") }
  switch outcome {
  case .success(let receipt):
    promise(try drafts.isStored(receipt), "the receipt is that of another event")
  case .failure(let error):
    // Whoever reads its id in its slot may be faster with an event of that id.
    let thief = try? drafts.engine.event(.id(draft.envelope.eventID))
    promise(
      error.code == .idTaken && thief?.envelope.commitment != draft.envelope.commitment,
      "who was left alone is refused: \(error.message)")
  }
}

/// What an owner does with what it finds.
private func look(at seat: Seat, _ draft: PreparedDraft) {
  var standing = seat.look()
  if case .waiting = standing { standing = seat.tryWithdraw() }
  if case .waiting = standing { standing = seat.withdraw() }
  guard case .answered(let answer) = standing else { return }
  switch GroupAnswer.outcomes(answer, of: [draft])?.first {
  case .success(let receipt):
    promise(receipt.isDuplicate || receipt.eventID == draft.envelope.eventID, "another's receipt")
    let json = ReceiptFormat().json(receipt, line: 1)
    promise((try? JSONDocument(parsing: json)) != nil, "a receipt's JSON is none")
    let text = ReceiptFormat().text(receipt)
    promise(
      text.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.isVisible($0) },
      "a receipt shows what is not visible")
  case .failure(let error): check(error)
  case nil: break
  }
}

/// A log in memory, and what three writers offer it.
private struct SlotDrafts {
  let engine: Engine<MemoryLog>
  let own: PreparedDraft
  let other: PreparedDraft
  let innocent: PreparedDraft

  init() throws(LogError) {
    let identity = LogIdentity(
      id: ULID(milliseconds: 1, random: (7, 7)), secret: Salt(high: 11, low: 13))
    engine = Engine(
      log: MemoryLog(identity: identity), catalog: SlotGround.catalog, clock: StoppedClock(),
      entropy: SeededEntropy(seed: 3))
    let budget = #"{"scope":"total","limit_micro_usd":10,"mode":"warn"}"#
    _ = try engine.append([Self.prepared("budget_set", budget, "", engine)])
    own = try Self.prepared("note", #"{"text":"own"}"#, "", engine)
    let charge =
      #"{"charge_id":"c","model":"m","input_tokens":1,"output_tokens":1,"amount_micro_usd":20}"#
    let more = #","key":"k","source":"s","labels":{"a":"b"},"expect":0"#
    other = try Self.prepared("cost_charged", charge, more, engine)
    innocent = try Self.prepared("note", #"{"text":"innocent"}"#, "", engine)
  }

  private static func prepared(
    _ type: String, _ payload: String, _ more: String, _ engine: Engine<MemoryLog>
  ) throws(LogError) -> PreparedDraft {
    let line = Array(#"{"type":"\#(type)","payload":\#(payload)\#(more)}"#.utf8)
    return try engine.prepare(Draft(line: line, number: nil, defaults: DraftDefaults()))
  }

  func request(of draft: PreparedDraft) -> [UInt8] {
    guard let request = GroupRequest.encoded([draft]) else { fail("no request") }
    return request
  }

  /// The other's request after changes: to what its record says, which is made whole again, and to
  /// any byte.
  func forged(_ input: inout FuzzInput) throws(LogError) -> (bytes: [UInt8], isForged: Bool) {
    let whole = request(of: other)
    guard let record = other.record?.bytes else { fail("no record") }
    var (envelope, payload) = (other.envelope, Array(other.payloadBytes))
    for _ in 0..<Int(input.byte() & 7) { change(&envelope, &payload, &input) }
    envelope.payloadByteCount = UInt32(clamping: payload.count)
    envelope.commitment = other.salt.commitment(to: payload[...])
    guard let made = EncodedRecord(envelope, other.salt, payload: payload[...]) else {
      return (whole, false)
    }
    var bytes = Array(whole.dropLast(record.count + 4))
    bytes.append(littleEndian: UInt32(clamping: made.bytes.count))
    bytes += made.bytes
    input.change(&bytes)
    return (Array(bytes.prefix(SlotMap.areaByteCount)), bytes != whole)
  }

  private func change(
    _ envelope: inout Envelope, _ payload: inout [UInt8], _ input: inout FuzzInput
  ) {
    switch input.byte() % 16 {
    case 0: envelope.eventID = own.envelope.eventID
    case 1: envelope.eventID = innocent.envelope.eventID
    case 2: envelope.type = input.text()
    case 3: envelope.stream = Name(stored: Array(input.text().utf8))
    case 4: envelope.source = input.text()
    case 5: envelope.key = input.text()
    case 6: envelope.labels.append(Label(key: input.text(), value: input.text()))
    case 7: envelope.time = Timestamp(nanoseconds: Int64(bitPattern: input.number()))
    case 8: envelope.runID = ULID(high: input.number(), low: input.number())
    case 9: envelope.causationID = own.envelope.eventID
    case 10: envelope.flags = EventFlags(rawValue: UInt16(truncatingIfNeeded: input.number()))
    case 11: envelope.correlationID = input.text()
    case 12: payload = Array(input.text().utf8)
    case 13: envelope.revision = input.number()
    case 14: envelope.recordedAt = Timestamp(nanoseconds: Int64(bitPattern: input.number()))
    default: input.change(&payload)
    }
  }

  func isStored(_ receipt: Receipt) throws(LogError) -> Bool {
    let event = try engine.event(.position(receipt.position))
    return event.envelope.eventID == receipt.eventID && event.envelope.encoded() != nil
  }

  /// All that is stored is what its envelope is committed to, and found by its id.
  func checkLog() throws(LogError) {
    var unit = CheckedLog()
    let count = try engine.log.read(&unit)
    promise(try engine.head().position.rawValue == count, "the head is elsewhere")
  }
}

/// Counts the events of a log that is sound.
private struct CheckedLog: ReadUnit {
  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> UInt64 {
    var count: UInt64 = 0
    try tables.scan(from: .none) { (position, record) throws(LogError) in
      count += 1
      let envelope = record.envelope
      guard let salted = record.salted, let payload = record.payload else {
        fail("a payload is gone")
      }
      var reader = ByteReader(salted)
      let salt = Salt(high: reader.integer(UInt64.self), low: reader.integer(UInt64.self))
      promise(
        salt.commitment(to: payload[...]) == envelope.commitment
          && payload.count == envelope.payloadByteCount, "committed to another payload")
      promise(
        try tables.entry(for: .event(envelope.eventID))?.position == position,
        "an id is stored twice")
      promise(envelope.owned.encoded() != nil, "an envelope can't be written")
      return true
    }
    return count
  }
}

private struct StoppedClock: TimeSource {
  func now() -> Timestamp { Timestamp(milliseconds: 1_767_225_600_000) }
}

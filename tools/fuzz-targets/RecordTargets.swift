internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import JSON
internal import Pipeline

@testable internal import Commands

/// Decoding is total, and what is decoded is written as it was.
@Sendable func fuzzEnvelope(_ bytes: [UInt8]) {
  if let row = StateRow(bytes.rawSpan) {
    promise(StateRow(row.encoded.rawSpan) == row, "a state row changes")
  }
  guard let view = EnvelopeView(bytes.rawSpan) else { return }
  promise(view.bytes.byteCount <= bytes.count, "the envelope is longer than the record")
  let owned = view.owned
  promise(owned.labels.count <= 255, "too many labels")
  promise(owned.masks.notes.count <= Masks.noteCountMax, "too many notes")
  let stored = Array(bytes[..<view.bytes.byteCount])
  // Texts that are no UTF-8 are shown with replacements, which may not fit.
  guard String(validating: texts(of: view), as: UTF8.self) != nil, view.labelsRange.count != 1
  else { return }
  promise(owned.encoded() == stored, "the envelope is not written as it was")
}

private func texts(of view: borrowing EnvelopeView) -> [UInt8] {
  var texts: [UInt8] = []
  for range in [view.typeRange, view.streamRange, view.sourceRange] {
    texts += view.text(range) + [0x0A]
  }
  if let range = view.correlationRange { texts += view.text(range) + [0x0A] }
  if let range = view.keyRange { texts += view.text(range) + [0x0A] }
  // Lengths and counts are among the bytes of these.
  for label in view.labels { texts += Array(label.key.utf8) + Array(label.value.utf8) }
  let shown =
    view.labels.flatMap { [$0.key, $0.value] }
    + view.masks.notes.flatMap { [$0.rule, $0.pointer] }
  // A replacement stands for bytes that were none.
  if shown.contains(where: { $0.unicodeScalars.contains("\u{FFFD}") }) { texts.append(0xFF) }
  return texts
}

/// Lines are taken or refused one by one; what was taken is read back, and no error shows anything
/// that is not visible.
@Sendable func fuzzDraft(_ bytes: [UInt8]) {
  let identity = LogIdentity(
    id: ULID(milliseconds: 1, random: (7, 7)), secret: Salt(high: 11, low: 13))
  // A type that is registered stays in the catalog.
  let isShared = !bytes.split(separator: 0x5F).contains { $0.starts(with: "registered".utf8) }
  let engine = Engine(
    log: MemoryLog(identity: identity), catalog: isShared ? catalog : Catalog())
  var stored: UInt64 = 0
  var defaults = DraftDefaults()
  defaults.source = "fuzz"
  for (index, line) in bytes.split(separator: 0x0A).prefix(8).enumerated() {
    do throws(LogError) {
      let draft = try Draft(line: Array(line), number: index + 1, defaults: defaults)
      let receipt = try engine.append(draft)
      promise(receipt.position.rawValue <= (try engine.head()).position.rawValue, "position")
      stored = (try engine.head()).position.rawValue
    } catch {
      check(error)
      let position = (try? engine.head())?.position.rawValue
      promise(position == stored, "a refused line was stored")
    }
  }
  var count: UInt64 = 0
  do throws(LogError) {
    try engine.replay(Query()) { event in
      count += 1
      promise(event.payload.flatMap { Payload($0) } != nil, "a stored payload is no JSON")
      promise(event.envelope.encoded() != nil, "a stored envelope is too long")
      return true
    }
  } catch { fail("replay: \(error.message)") }
  promise(count == stored, "\(count) of \(stored) events are read back")
}

/// Shared, so that each schema is compiled once.
private let catalog = Catalog()

/// Nothing of an error can change a terminal, and its JSON is JSON.
func check(_ error: LogError) {
  let report = ErrorReport(error)
  let text = report.text(Style(.never, isTerminal: false, Surroundings(workingDirectory: "/")))
  promise(
    text.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.isVisible($0) },
    "an error shows what is not visible")
  promise((try? JSONDocument(parsing: report.json)) != nil, "an error's JSON is none")
  promise(error.code != .corruption && error.code != .system, "\(error.code): \(error.message)")
}

internal import Bytes
package import Events
package import Evidence
internal import Synchronization

extension Engine {
  /// The payload of an event as it was offered, before its secrets were masked.
  ///
  /// - Throws: `LogError` with code `notFound` when no copy is kept of it, `badInput` when it was
  ///   sealed to another key, `unsafe` when it does not open with the right one.
  package func unseal(_ event: Event, with key: UnsealingKey) throws(LogError) -> [UInt8] {
    var unit = ReadSealedCopy(event: event.envelope.eventID)
    guard let found = try log.read(&unit) else {
      throw LogError(
        .notFound, "there is no sealed copy of the event at position \(event.position)",
        hint: "There is one where a secret was masked while secrets.mode was seal")
    }
    guard let copy = SealedCopy(found.event) else {
      throw LogError(
        .notFound,
        "the sealed copy at position \(found.event.position) was redacted: it is gone")
    }
    guard copy.keyID == key.sealing.keyID else {
      throw LogError(
        .badInput, "the copy at position \(copy.position) is sealed to another key",
        expected: copy.keyID, actual: key.sealing.keyID)
    }
    let subject = SealedCopy.Subject(event.envelope, in: log.identity)
    let bytes: [UInt8]
    do throws(EvidenceError) { bytes = try key.open(copy.box, for: subject.context) } catch {
      throw LogError(
        .unsafe, "the sealed copy at position \(copy.position) does not open",
        expected: "what was sealed for the event at position \(event.position)",
        hint: "It was changed, or is the copy of another event: run `uetlog verify`")
    }
    // Anybody can seal something to a public key; only the log knows what was offered.
    let contents = preparer.withLock { $0.contents(of: event.envelope, bytes) }
    guard contents.contains(found.content) else {
      throw LogError(
        .unsafe, "the sealed copy at position \(copy.position) is not what was offered")
    }
    return bytes
  }
}

/// Reads the event that keeps the copy of another, and the digest of what that was offered as.
private struct ReadSealedCopy: ReadUnit {
  let event: ULID

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> (event: Event, content: UInt128)? {
    guard let entry = try tables.entry(for: .event(event)),
      let copy = try SealedCopy.event(of: event, in: tables)
    else { return nil }
    return (copy, entry.content)
  }
}

internal import Bytes
internal import EventLog
internal import Events
internal import Pipeline
internal import Schema

/// What is counted when an audit also does again what was done before events were stored.
struct DeepAudit {
  /// Of the settings that decisions are compared under.
  let settingsDigest: UInt64
  var schemas = 0
  var omittedSchemas = Omissions()
  var decisions = 0
  var omittedDecisions = Omissions()
}

extension LogAudit {
  /// Checks a payload against its schema again, if this program has the one that it was checked
  /// against.
  mutating func checkSchema(
    _ position: Position, _ envelope: borrowing EnvelopeView, _ payload: [UInt8],
    _ tables: borrowing ReadTables
  ) throws(LogError) {
    guard deep != nil else { return }
    let type = envelope.string(envelope.typeRange)
    try catalog.learn(type, from: tables)
    guard let definition = try catalog.definition(type) else {
      deep?.omittedSchemas[.unknownType] += 1
      return
    }
    guard definition.shortDigest == envelope.schemaDigest else {
      deep?.omittedSchemas[.otherSchema] += 1
      return
    }
    deep?.schemas += 1
    guard let payload = Payload(payload) else {
      return report.find(.schemas, position, "the payload at position \(position) is no JSON")
    }
    let violation = definition.schema.firstViolation(in: payload.document, at: payload.node)
    guard let violation else { return }
    let place = violation.pointer.isEmpty ? "/" : violation.pointer
    report.find(
      .schemas, position,
      "\(type) at position \(position) breaks its schema at \(place) (\(violation.keyword)): "
        + "expected \(violation.expected)")
  }

  /// Decides on an event again, on the rows as they were before it; not on what an import brought
  /// in, which was never decided on, nor on reversals, which follow from what they reverse.
  mutating func decideAgain(
    _ position: Position, _ envelope: borrowing EnvelopeView, _ tables: borrowing ReadTables
  ) throws(LogError) {
    guard let settingsDigest = deep?.settingsDigest else { return }
    guard let event = try tables.event(at: position), let resolved = try catalog.resolve(event),
      resolved.definition.type != nil,
      // Nobody is asked about an event that changes no state.
      resolved.addresses.entity.flatMap({ entityType(of: Category(of: $0)) }) != nil
    else { return }
    let omission: Verification.Omission? =
      if envelope.flags.contains(.imported) {
        .imported
      } else if resolved.reversedID != nil {
        .reversal
      } else if envelope.settingsDigest != settingsDigest {
        .otherSettings
      } else {
        nil
      }
    if let omission {
      deep?.omittedDecisions[omission] += 1
      return
    }
    guard let refusal = try folder.refusal(of: resolved, in: tables) else {
      deep?.decisions += 1
      return
    }
    // What the decision looked at may be gone.
    guard redactions.gone.isEmpty, redactions.replaced.isEmpty else {
      deep?.omittedDecisions[.redacted] += 1
      return
    }
    deep?.decisions += 1
    report.find(
      .decisions, position,
      "\(resolved.definition.name) at position \(position) would be refused: \(refusal.message)")
  }

  /// Says how far the deeper checks reached.
  func closeDeep() {
    guard let deep else { return }
    report.end(
      .schemas, "\(deep.schemas) payloads keep to their schemas", deep.omittedSchemas)
    let decided = "\(deep.decisions) events decided again"
    if let foldEnd {
      return report.skip(.decisions, "\(decided); \(foldEnd)", deep.omittedDecisions)
    }
    report.end(.decisions, decided, deep.omittedDecisions)
  }
}

internal import Bytes
package import Events
internal import JSON
package import Pipeline

extension UserType {
  /// The type that a `schema_registered` brings, checked like one of a file.
  init(registeredBy payload: Payload) throws(LogError) {
    let name = payload.text("type") ?? ""
    do throws(LogError) {
      try self.init(payload.raw("schema") ?? [], origin: "the schema of \(name)")
    } catch {
      var located = error
      located.pointer = "/schema" + (error.pointer ?? "")
      throw located
    }
    guard self.name == name else {
      throw LogError(
        .badInput, "the schema is that of another type", expected: self.name, actual: name,
        pointer: "/type")
    }
    let digest = Digest.sha256(of: bytes).description
    guard payload.text("digest") == digest else {
      throw LogError(
        .badInput, "the digest is not that of the schema", expected: digest,
        actual: payload.text("digest"), pointer: "/digest")
    }
  }
}

extension PreparedDraft {
  /// The type that the event registers, and its schema; nil for all other events.
  var registration: (type: String, schema: [UInt8])? {
    guard definition.type == .schema_registered, let type = payload.text("type"),
      let schema = payload.raw("schema")
    else { return nil }
    return (type, schema)
  }
}

extension AppendUnit {
  /// The receipt of the event that registered the same type with the same schema; throws when the
  /// log has the type with another one.
  func firstRegistration(
    _ draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt? {
    guard let (type, schema) = draft.registration,
      let known = try tables.value(SchemaRegistry.key(type))
    else { return nil }
    guard known == schema else {
      throw LogError(
        .idTaken, "the log knows \(type) already, with another schema",
        hint: "Register the new schema under a new type")
    }
    // Its event was the first to name the type's row.
    guard let row = draft.addresses.entity, let number = try tables.number(of: row) else {
      throw LogError(.corruption, "no event registers \(type), of which the log has the schema")
    }
    return try receipt(of: number.origin, for: draft, in: tables)
  }

  /// Refuses an event of a type that another draft was to register, unless the log now has it.
  func mustBeRegistered(
    _ draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard draft.definition.isOffered else { return }
    let name = draft.definition.name
    let schema = try tables.value(SchemaRegistry.key(name))
    guard schema.map({ Digest.sha256(of: $0) }) == draft.definition.digest else {
      throw LogError(
        .unknownType, "the log has no event type \"\(name)\" with the schema that was offered",
        pointer: "/type", hint: "The event that was to register it was refused: see there")
    }
  }
}

extension Engine {
  /// Registers a user's event type.
  ///
  /// - Returns: the receipt of `schema_registered`; a duplicate when the log has this very schema.
  package func registerSchema(
    _ type: UserType, _ options: AppendOptions = AppendOptions()
  ) throws(LogError) -> Receipt {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("type")
    writer.string(type.name)
    writer.key("digest")
    writer.string(Digest.sha256(of: type.bytes).description)
    writer.key("schema")
    writer.raw(type.bytes)
    writer.endObject()
    guard let payload = Payload(writer.bytes) else {
      throw LogError(.badInput, "the schema of \(type.name) is not JSON")
    }
    return try append(Draft(type: EventType.schema_registered.name, payload: payload), options)
  }
}

internal import Bytes
package import Events
internal import JSON
internal import Pipeline
internal import Synchronization

/// Stores a user's event type: the event that says so and the schema's bytes, together.
struct RegisterSchema: WriteUnit {
  let type: String
  let schema: [UInt8]
  var append: AppendUnit

  var isDryRun: Bool { append.isDryRun }

  /// Nil when the log has this very schema already.
  mutating func run(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt? {
    let key = SchemaRegistry.key(type)
    if let known = try tables.value(key) {
      guard known == schema else {
        throw LogError(
          .idTaken, "the log knows \(type) already, with another schema",
          hint: "Register the new schema under a new type")
      }
      return nil
    }
    let outcomes = try append.run(&tables)
    try tables.set(schema, key)
    return try outcomes.first?.get()
  }
}

extension Engine {
  /// Registers a user's event type by its schema, which must have been checked and compiled.
  ///
  /// - Returns: the receipt of `schema_registered`; nil when the log has this very schema already.
  package func registerSchema(
    _ type: String, _ schema: [UInt8], _ options: AppendOptions = AppendOptions()
  ) throws(LogError) -> Receipt? {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("type")
    writer.string(type)
    writer.key("digest")
    writer.string(Digest.sha256(of: schema).description)
    writer.key("schema")
    writer.raw(schema)
    writer.endObject()
    guard let payload = Payload(writer.bytes) else {
      throw LogError(.badInput, "the schema of \(type) is not JSON")
    }
    var draft = Draft(type: EventType.schema_registered.name, payload: payload)
    draft.isByLog = true
    var unit = RegisterSchema(
      type: type, schema: schema,
      append: AppendUnit(
        [try prepare(draft)], isAtomic: true, isDryRun: options.isDryRun,
        preparer: preparer.withLock { $0 }, rules: rules, clock: clock))
    return try log.write(waitNanoseconds: options.waitNanoseconds, &unit)
  }
}

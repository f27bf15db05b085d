internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Pipeline

/// Tells names that a log does not know from those that just have no events where one looks.
struct KnownNames {
  let engine: Engine<LMDBLog>

  /// Throws unless the log has a stream of this name.
  func require(stream: Name) throws(LogError) {
    var find = FindEvents(name: stream)
    guard try !engine.log.read(&find) else { return }
    throw LogError(
      .notFound, "the log has no stream \"\(stream)\"",
      hint: "`uetlog stats` counts the streams of each kind")
  }

  /// Throws unless the log has events of this run.
  func require(run: ULID) throws(LogError) {
    guard let name = Name("run-\(run)") else { return }
    var find = FindEvents(name: name)
    guard try !engine.log.read(&find) else { return }
    throw LogError(
      .notFound, "the log has no run \(run)", hint: "`uetlog project runs` shows the runs")
  }

  /// Throws unless the program or the log knows the type of event.
  func require(type: String) throws(LogError) {
    guard ShippedSchemas.id(named: type).map({ $0.hasPrefix("schema/events/") }) != true else {
      return
    }
    var read = UserSchemas()
    let own = try engine.log.read(&read).map(\.name)
    var query = Query()
    query.types = [type]
    guard !own.contains(type), try !hasEvents(query) else { return }
    let near = nearest(to: type, among: Catalog.names + own)
    throw LogError(
      .notFound, "there is no event type \"\(type.prefix(80))\"", allowed: near.map { [$0] } ?? [],
      hint: "`uetlog schema list` shows all types")
  }

  /// Throws unless there may be streams of this kind.
  func require(category: String) throws(LogError) {
    guard Name(category + "-x").map({ Category(of: $0) == .none }) ?? true else { return }
    var read = UserSchemas()
    var schemas = try engine.log.read(&read).map(\.bytes)
    schemas += Catalog.names.compactMap {
      ShippedSchemas.id(named: $0).flatMap { ShippedSchemas.bytes(id: $0) }
    }
    let known = Set(schemas.flatMap { Self.categories($0) })
    var query = Query()
    query.category = category
    guard !known.contains(category), try !hasEvents(query) else { return }
    throw LogError(
      .notFound, "there are no streams of the kind \"\(category.prefix(80))\"",
      allowed: nearest(to: category, among: known.sorted()).map { [$0] } ?? known.sorted())
  }

  private func hasEvents(_ query: Query) throws(LogError) -> Bool {
    var query = query
    query.last = 1
    query.isBackwards = true
    var found = false
    try engine.replay(query) { (_) throws(LogError) in
      found = true
      return false
    }
    return found
  }

  /// What the names of a type's streams begin with.
  private static func categories(_ schema: [UInt8]) -> [String] {
    guard let document = try? JSONDocument(parsing: schema),
      let stream = document.text(at: ["x-uetlog", "stream"])
    else { return [] }
    return stream.split(separator: "|").map { String($0.prefix { $0 != "-" && $0 != "{" }) }
      .filter { !$0.isEmpty && !$0.hasPrefix("@") }
  }
}

/// Whether the stream or run of a name has events.
private struct FindEvents: ReadUnit {
  let name: Name

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Bool {
    guard let number = try tables.number(of: name), let row = try tables.row(number) else {
      return false
    }
    if row.last > .none { return true }
    guard Category(of: name) == .run else { return false }
    return try decodeState(row, as: RunState.self).lastInRun > .none
  }
}

internal import Bytes
internal import EventLog
internal import Events
internal import Pipeline

extension LogAudit {
  /// Takes note of what an event registers, and of the use of what was registered.
  mutating func noteRegistration(_ position: Position, _ type: String, _ payload: [UInt8]?) {
    if !registered.isEmpty { registered[type]?.isUsed = true }
    guard type == EventType.schema_registered.name, let payload = payload.flatMap({ Payload($0) }),
      let name = payload.text("type"), let digest = payload.text("digest")
    else { return }
    if registered[name] == nil {
      registered[name] = Registration(position: position, digest: digest)
    }
  }

  /// Compares the small values with the events and this program.
  ///
  /// They are not hashed: all that matters of them can be derived.
  ///
  /// - Returns: the layouts that the log says its rows have; nil when it does not say.
  mutating func closeValues(_ tables: borrowing ReadTables) -> ViewLayouts? {
    var values: [(key: String, bytes: [UInt8])] = []
    do throws(LogError) {
      try tables.forEachStoredValue { values.append(($0, $1)) }
    } catch {
      find(error.message)
    }
    var layouts: ViewLayouts?
    var schemas: Set<String> = []
    for (key, bytes) in values {
      if key == ViewLayouts.key {
        layouts = ViewLayouts(bytes)
        if layouts == nil { find("the layouts of the rows can't be read") }
      } else if key == CatalogMark.key {
        check(CatalogMark(bytes))
      } else if let type = SchemaRegistry.type(key) {
        schemas.insert(type)
        checkSchema(type, bytes)
      } else if key != RebuildToken.key || bytes.count != RebuildToken.byteCount {
        find("there is a value \"\(key)\" that no log has")
      }
    }
    for (type, registration) in registered.sorted(by: { $0.value.position < $1.value.position })
    where registration.isUsed && !schemas.contains(type) {
      find("the schema of \(type) is missing", registration.position)
    }
    if let layouts, layouts != .current, !rowsHave(layouts, tables) {
      find("the rows have other layouts than the log says")
    }
    report.end(.values, "\(values.count) values, \(schemas.count) of them users' schemas")
    return layouts
  }

  private func find(_ message: String, _ position: Position? = nil) {
    report.find(.values, position, message)
  }

  /// What another program made of the events is not for this one to judge.
  private mutating func check(_ mark: CatalogMark?) {
    guard let mark else { return find("the catalog's mark can't be read") }
    let current = CatalogMark.current
    if mark.number > current.number {
      breakFold("a newer uetlog has written the log: only that can fold it")
    } else if mark.number == current.number, mark.digest != current.digest {
      find("the catalog's mark is \(mark), this program's is \(current)")
    }
  }

  private func checkSchema(_ type: String, _ bytes: [UInt8]) {
    guard let registration = registered[type] else {
      // The event that tells of it may be one that can't be read.
      if redactions.gone.isEmpty, unreadable.isEmpty { find("no event registers \(type)") }
      return
    }
    guard Digest.sha256(of: bytes).description != registration.digest else { return }
    find(
      "the schema of \(type) is not the one registered at position \(registration.position)",
      registration.position)
  }

  /// Whether every row with fields is of the layout that is said of its category.
  func rowsHave(_ layouts: ViewLayouts, _ tables: borrowing ReadTables) -> Bool {
    var isSo = true
    try? tables.forEachStoredRow { (_, bytes) throws(LogError) in
      guard let row = StateRow(bytes), !row.fields.isEmpty else { return true }
      isSo = layouts.layout(row.category) == row.layout
      return isSo
    }
    return isSo
  }
}

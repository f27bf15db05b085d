/// Which steps between states all worlds together took: a simulation proves nothing of those that
/// it never takes.
struct Coverage: Sendable {
  private(set) var edges: Set<String> = []
  private(set) var types: Set<String> = []

  mutating func note(_ entity: String, from: String?, to: String) {
    edges.insert("\(entity.prefix { $0 != "-" }): \(from ?? "nothing") → \(to)")
  }

  mutating func note(type: String) { types.insert(type) }

  mutating func add(_ other: Coverage) {
    edges.formUnion(other.edges)
    types.formUnion(other.types)
  }

  /// The edges of the tables that nobody went along.
  var missing: [String] {
    var missing: [String] = []
    for (thing, table) in DocumentedTable.all {
      for (from, targets) in table.next {
        for to in targets { missing.append("\(thing): \(from) → \(to)") }
      }
    }
    return missing.filter { !edges.contains($0) }.sorted()
  }
}

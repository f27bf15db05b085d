package import Bytes
package import Events
internal import Merkle

/// All of a log's tables as values, to be compared.
package struct LogDump: Equatable, Sendable {
  package var head: Head
  package var events: [Event] = []
  /// The leaf hashes, the genesis leaf first.
  package var leaves: [Digest]
  package var salts: [[UInt8]] = []
  package var names: [Name: EntityNumber] = [:]
  package var rows: [EntityNumber: StateRow] = [:]
  package var subtreeRoots: [UInt64: Digest] = [:]

  package init(of log: some EventLog) throws(LogError) {
    var unit = Dump(genesis: log.identity.genesisLeaf)
    self = try log.read(&unit)
  }

  fileprivate init(head: Head, genesis: Digest) {
    self.head = head
    leaves = [genesis]
  }

  /// The root over all leaves, computed anew.
  package var recomputedRoot: Digest {
    var frontier = Frontier()
    for leaf in leaves { frontier.append(leaf) }
    return frontier.root
  }

  /// The payload of an event, as text.
  package func payload(_ position: Int) -> String? {
    guard events.indices.contains(position - 1) else { return nil }
    return events[position - 1].payload.map { String(decoding: $0, as: UTF8.self) }
  }
}

private struct Dump: ReadUnit {
  let genesis: Digest

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> LogDump {
    var dump = LogDump(head: try tables.head(), genesis: genesis)
    var events: [Event] = []
    var leaves: [Digest] = []
    var salts: [[UInt8]] = []
    try tables.scan(from: .none) { (position, record) throws(LogError) in
      events.append(
        Event(
          position: position, envelope: record.envelope.owned, payload: record.payload,
          isRedacted: record.isRedacted))
      leaves.append(TreeHash.leaf(record.envelope.bytes))
      if let salted = record.salted { salts.append(salted.extracting(0..<16).copied) }
      return true
    }
    var names: [Name: EntityNumber] = [:]
    try tables.forEachName(prefix: []) { (name, number) throws(LogError) in
      names[name] = number
      return true
    }
    for number in names.values { dump.rows[number] = try tables.row(number) }
    dump.events = events
    dump.leaves += leaves
    dump.salts = salts
    dump.names = names
    for block in 0...(dump.head.position.rawValue / 256) {
      dump.subtreeRoots[block] = try tables.subtreeRoot(block)
    }
    return dump
  }
}

import Bytes
import Engine
import EventLog
import Events
import Evidence
import Merkle
import Testing

/// A log's tree as tiles.
@Suite struct TileTests {
  /// Tiles in memory.
  private struct Store: TileStore {
    var tiles: [String: [UInt8]] = [:]
    var written: [String] = []

    func has(_ tile: TilePath) -> Bool { tiles[tile.text] != nil }

    mutating func put(_ tile: TilePath, _ bytes: [UInt8]) {
      tiles[tile.text] = bytes
      written.append(tile.text)
    }
  }

  private let key: SigningKey

  init() throws {
    let name = try #require(KeyName("test/key"))
    key = try SigningKey(name: name, seed: Array(1...32))
  }

  private func fill(_ engine: Engine<LMDBLog>, _ count: Int) throws {
    let drafts = try (0..<count).map { (index) throws(LogError) in
      try engine.prepare(
        Draft(type: "note", payload: VerifyFixture.payload(#"{"text":"\#(index)"}"#)))
    }
    for outcome in try engine.append(drafts) { _ = try outcome.get() }
  }

  private func hashes(_ tile: [UInt8]?) -> [Digest] {
    guard let tile else { return [] }
    return stride(from: 0, to: tile.count, by: 32).compactMap { Digest(Array(tile[$0..<$0 + 32])) }
  }

  @Test func `tiles lead to the checkpoint, and the next export adds to them alone`() throws {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    let engine = try directory.engine()
    var store = Store()
    var earlier: Checkpoint?
    for count in [10, 245, 1, 300] {
      try fill(engine, count)
      let checkpoint = try engine.seal(by: key).checkpoint.checkpoint
      store.written = []
      try engine.exportTiles(of: checkpoint, after: earlier, to: &store)
      #expect(Set(store.written).count == store.written.count && !store.written.isEmpty)
      var frontier = Frontier()
      let count = checkpoint.size
      for tile in TilePath.all(.hashes(level: 0), count: count) {
        let leaves = hashes(store.tiles[tile.text])
        #expect(leaves.count == tile.width)
        for leaf in leaves {
          let block = frontier.append(leaf)
          guard let block else { continue }
          let above = TilePath.all(.hashes(level: 1), count: count / 256).last
          #expect(hashes(above.flatMap { store.tiles[$0.text] })[Int(tile.number)] == block)
        }
      }
      #expect(frontier.root == checkpoint.root)
      store.written = []
      try engine.exportTiles(of: checkpoint, after: checkpoint, to: &store)
      #expect(store.written.isEmpty)
      earlier = checkpoint
    }
  }

  @Test func `a checkpoint that the log does not lead to is refused, and nothing is put`() throws {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    let engine = try directory.engine()
    try fill(engine, 300)
    let real = try engine.seal(by: key).checkpoint.checkpoint
    var store = Store()
    func refusal(_ checkpoint: Checkpoint, _ earlier: Checkpoint?) -> LogError.Code? {
      do throws(LogError) {
        try engine.exportTiles(of: checkpoint, after: earlier, to: &store)
        return nil
      } catch { return error.code }
    }
    let wrong = TreeHash.leaf([1])
    let other = Checkpoint(origin: real.origin, size: real.size, root: wrong)
    let before = Checkpoint(origin: real.origin, size: 257, root: wrong)
    let longer = Checkpoint(origin: real.origin, size: real.size + 2, root: real.root)
    let foreign = Checkpoint(origin: "uetlog/other", size: real.size, root: real.root)
    #expect(refusal(other, nil) == .unsafe)
    #expect(refusal(real, before) == .unsafe)
    #expect(refusal(longer, nil) == .unsafe)
    #expect(refusal(foreign, nil) == .badInput)
    #expect(store.written.isEmpty)
    #expect(refusal(real, real) == nil && !store.written.isEmpty)
  }

  @Test func `the root over complete subtrees is that of the tree`() {
    let leaves = (0..<1024).map { TreeHash.leaf([UInt8($0 & 255), UInt8($0 >> 8)]) }
    var frontier = Frontier()
    for leaf in leaves { frontier.append(leaf) }
    #expect(TreeHash.root(ofComplete: leaves) == frontier.root)
    #expect(TreeHash.root(ofComplete: Array(leaves.dropLast(512))) != frontier.root)
  }
}

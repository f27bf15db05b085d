internal import Evidence
import Testing

/// Where tiles are, as c2sp.org/tlog-tiles says.
@Suite struct TilePathTests {
  private func tile(_ number: UInt64, _ width: Int = 256, level: Int = 0) -> String {
    TilePath.all(.hashes(level: level), count: number * 256 + UInt64(width)).last?.text ?? ""
  }

  @Test func `numbers are in groups of three digits, and partial tiles say how wide they are`() {
    #expect(tile(0) == "tile/0/000")
    #expect(tile(999, level: 3) == "tile/3/999")
    #expect(tile(1000, 1) == "tile/0/x001/000.p/1")
    // The example of the specification, of which no log has all tiles before it.
    #expect(
      TilePath(kind: .entries, number: 1_234_067, width: 256).text
        == "tile/entries/x001/x234/067")
    #expect(
      TilePath(kind: .hashes(level: 1), number: 1_234_067, width: 8).fullText
        == "tile/1/x001/x234/067")
  }

  @Test func `tiles hold all hashes once, and only the last one is partial`() {
    for count in [0, 1, 255, 256, 257, 512, 70_000] as [UInt64] {
      let tiles = TilePath.all(.entries, count: count)
      #expect(tiles.map { UInt64($0.width) }.reduce(0, +) == count)
      #expect(tiles.map(\.number) == Array(0..<UInt64(tiles.count)))
      #expect(tiles.dropLast().allSatisfy { $0.isFull })
      #expect(tiles.allSatisfy { (1...256).contains($0.width) })
    }
  }

  @Test func `entries stand behind their lengths, and one that is too long is refused`() {
    #expect(TilePath.bundle([[1, 2], [], [3]]) == [0, 2, 1, 2, 0, 0, 0, 1, 3])
    let longest = [UInt8](repeating: 7, count: 65_535)
    #expect(TilePath.bundle([longest])?.prefix(3) == [255, 255, 7])
    #expect(TilePath.bundle([longest + [7]]) == nil)
  }
}

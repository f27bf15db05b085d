internal import TestSupport
import Testing

@testable internal import EventLog

@Suite struct PiecesTests {
  private func pieces(_ byteCount: Int) -> [Int] {
    var pieces: [Int] = []
    var left = byteCount
    while left > 0, pieces.count <= 5000 {
      let next = Pieces.next(left)
      pieces.append(next)
      left -= next
    }
    return pieces
  }

  /// The bytes of the file that a piece takes: whole pages, or its share of a leaf.
  private func room(_ piece: Int) -> Int {
    piece <= 980 ? piece + 16 : (piece + 16 + 4095) / 4096 * 4096
  }

  @Test func `pieces add up, are few, and waste little`() throws {
    try forAll(seed: 60, count: 1) { generator in
      let sizes = Array(1...70_000) + (0..<3000).map { _ in generator.int(70_000...(16 << 20)) }
      for size in sizes + [262_143, 262_144, 16 << 20] {
        let pieces = pieces(size)
        try #require(pieces.allSatisfy { $0 > 0 }, "\(size)")
        try #require(pieces.reduce(0, +) == size, "\(size)")
        try #require(pieces.count <= size / 65520 + 6, "\(size): \(pieces.count) pieces")
        try #require(pieces.count < Pieces.countMax)
        let waste = pieces.map { room($0) }.reduce(0, +) - size
        try #require(waste <= 700 + 16 * pieces.count, "\(size) wastes \(waste)")
      }
    }
  }

  @Test func `keys of pieces sort by position, then piece`() {
    #expect(Pieces.key(position: 1, piece: 4095) < Pieces.key(position: 2, piece: 0))
    #expect(Pieces.key(position: 7, piece: 1) < Pieces.key(position: 7, piece: 2))
  }
}

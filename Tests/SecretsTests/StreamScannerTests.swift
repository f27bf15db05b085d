import Bytes
import TestSupport
import Testing

@testable import Secrets

struct StreamScannerTests {
  @Test func `findings do not depend on how a text is cut`() throws {
    var foundCount = 0
    try forAll(seed: 1, count: 60) { entropy in
      var text: [UInt8] = []
      while text.count < 200_000 {
        text += Soup(&entropy).text
        text += [UInt8](repeating: UInt8(ascii: "\n"), count: entropy.int(0...3))
        text += [UInt8](repeating: UInt8(ascii: "a"), count: entropy.int(0...9_000))
      }
      var stream = StreamScanner(.shipped, stretchByteCount: entropy.int(1...50_000))
      var places: [StreamScanner.Place] = []
      var start = 0
      while start < text.count {
        let end = min(text.count, start + entropy.int(1...30_000))
        places += stream.take(text[start..<end])
        start = end
      }
      places += stream.finish()
      let whole = SecretScanner.shipped.findings(in: text)
      foundCount += whole.count
      try #require(places.map(\.finding) == whole)
    }
    #expect(foundCount > 100)
  }

  @Test func `lines and columns count from one`() {
    var samples = Samples(SeededEntropy(seed: 2))
    let token = "npm_" + samples.run(.alphanumeric, 36)
    let text = Array("\(token)\n\n  \(token) é \(token)\n".utf8)
    var stream = StreamScanner(.shipped, stretchByteCount: 1)
    var places = text.indices.flatMap { stream.take(text[$0...$0]) }
    places += stream.finish()
    #expect(places.map(\.line) == [1, 3, 3])
    #expect(places.map(\.column) == [1, 3, 47])
  }

  @Test func `memory does not grow with the stream`() {
    var stream = StreamScanner(.shipped, stretchByteCount: 1000)
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000)
    for _ in 0..<100 {
      #expect(stream.take(piece[...]).isEmpty)
      #expect(stream.bufferedByteCount <= 2 * StreamScanner.contextByteCount + 12_000)
    }
  }
}

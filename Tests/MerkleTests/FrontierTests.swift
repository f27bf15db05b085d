internal import Bytes
internal import Merkle
import Testing

@Suite struct FrontierTests {
  @Test func `every root up to 600 leaves is that of the definition`() {
    let tree = ReferenceTree(size: 600)
    var frontier = Frontier()
    for size in 0...600 {
      #expect(frontier.size == UInt64(size))
      #expect(frontier.root == tree.root(0..<size), "size \(size)")
      if size < 600 { frontier.append(tree.leaves[size]) }
    }
  }

  @Test func `each completed subtree of 256 leaves is handed out once, at its last leaf`() {
    let tree = ReferenceTree(size: 1100)
    var frontier = Frontier()
    for (index, leaf) in tree.leaves.enumerated() {
      let block = frontier.append(leaf)
      let expected = index % 256 == 255 ? tree.block(UInt64(index / 256)) : nil
      #expect(block == expected, "leaf \(index)")
    }
  }

  @Test func `a frontier survives its bytes, and goes on as before`() {
    let tree = ReferenceTree(size: 300)
    var frontier = Frontier()
    for leaf in tree.leaves {
      let decoded = Frontier(encoded: frontier.encoded())
      #expect(decoded == frontier)
      var resumed = decoded ?? Frontier()
      resumed.append(leaf)
      frontier.append(leaf)
      #expect(resumed == frontier)
    }
  }

  @Test func `bytes of a wrong length or an absurd size are no frontier`() {
    var frontier = Frontier()
    for leaf in ReferenceTree(size: 7).leaves { frontier.append(leaf) }
    let encoded = frontier.encoded()
    for count in 0..<encoded.count { #expect(Frontier(encoded: Array(encoded[..<count])) == nil) }
    #expect(Frontier(encoded: encoded + [0]) == nil)
    #expect(Frontier(encoded: [UInt8](repeating: 0, count: 8)) == Frontier())
    #expect(Frontier(encoded: [UInt8](repeating: 0xFF, count: 8 + 64 * 32)) == nil)
    #expect(Frontier(encoded: [0x80] + [UInt8](repeating: 0, count: 7 + 32)) == nil)
  }

  @Test func `the frontier of an older size is rebuilt from leaves and stored subtrees`() {
    let tree = ReferenceTree(size: 1300)
    var frontier = Frontier()
    for size in 0...1300 {
      if size % 37 == 0 || size % 256 < 2 {
        let rebuilt = Frontier(size: UInt64(size), leaf: tree.leaf, block: tree.block)
        #expect(rebuilt == frontier, "size \(size)")
      }
      if size < 1300 { frontier.append(tree.leaves[size]) }
    }
  }
}

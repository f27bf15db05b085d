internal import Glibc

/// Where salts and identifiers get their randomness; injected, so that tests can repeat a run.
package protocol EntropySource: Sendable {
  mutating func next() -> UInt64
  /// Another source, whose numbers are not those of this one.
  mutating func split() -> Self
}

/// The system's generator, read in blocks: a system call for each number would cost more than
/// the hash it feeds.
///
/// Who asks often gets larger blocks.
package struct SystemEntropy: EntropySource {
  private static var blockCountMax: Int { 32 }

  private var block: [UInt64] = []
  private var blockCount: Int

  /// Reads `blockCount` numbers the first time, then more: at most 32, what one call gives.
  package init(blockCount: Int = 8) {
    self.blockCount = min(max(1, blockCount), Self.blockCountMax)
  }

  package mutating func next() -> UInt64 {
    if let number = block.popLast() { return number }
    var generator = SystemRandomNumberGenerator()
    var fresh = [UInt64](repeating: 0, count: blockCount)
    let byteCount = blockCount * 8
    let result = unsafe fresh.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return Int32(-1) }
      return unsafe getentropy(base, byteCount)
    }
    if result != 0 {
      for index in fresh.indices { fresh[index] = generator.next() }
    }
    block = fresh
    blockCount = min(blockCount * 2, Self.blockCountMax)
    return block.popLast() ?? generator.next()
  }

  /// What is left of the block stays here.
  package func split() -> SystemEntropy { SystemEntropy(blockCount: blockCount) }
}

/// A repeatable sequence (SplitMix64), for tests and simulation only.
package struct SeededEntropy: EntropySource, RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  package mutating func split() -> SeededEntropy { SeededEntropy(seed: next()) }
}

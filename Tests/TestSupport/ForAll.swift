package import Bytes
internal import Glibc

/// A property that does not hold, and how to see it again.
package struct Counterexample: Error, CustomStringConvertible {
  package let description: String
}

/// Runs `body` with `count` generators of their own seeds; the first failure is thrown on with its
/// seed.
///
/// `UETLOG_TEST_SEED=N` runs that seed alone.
///
/// `body` fails by throwing: use `#require` in it.
package func forAll(
  seed: UInt64, count: Int, _ body: (inout SeededEntropy) throws -> Void
) throws {
  var seeds = (0..<UInt64(count)).map { seed &+ $0 }
  if let given = unsafe getenv("UETLOG_TEST_SEED"),
    let only = UInt64(unsafe String(cString: given))
  {
    seeds = [only]
  }
  for seed in seeds {
    var generator = SeededEntropy(seed: seed)
    do { try body(&generator) } catch {
      throw Counterexample(description: "fails with UETLOG_TEST_SEED=\(seed): \(error)")
    }
  }
}

extension SeededEntropy {
  /// Whether something happens that does so once in `times`.
  package mutating func chance(_ times: Int) -> Bool {
    Int.random(in: 0..<times, using: &self) == 0
  }

  /// One of the elements, or nil of none.
  package mutating func pick<Element>(_ elements: some Collection<Element>) -> Element? {
    elements.randomElement(using: &self)
  }

  package mutating func int(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &self)
  }

  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  package mutating func ulid() -> ULID { ULID(high: next(), low: next()) }

  /// Letters, digits, and now and then something that takes more than a byte.
  package mutating func word(_ byteCounts: ClosedRange<Int>) -> String {
    let wanted = int(byteCounts)
    var text = ""
    while text.utf8.count < wanted {
      let room = wanted - text.utf8.count
      let pool: [Character] = room >= 4 && chance(9) ? ["é", "語", "🦫"] : Array("abcXYZ019_-. ")
      text.append(pick(pool) ?? "a")
    }
    return text
  }
}

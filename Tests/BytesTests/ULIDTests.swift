internal import Bytes
internal import TestSupport
import Testing

@Suite struct ULIDTests {
  @Test func `text and value determine each other`() throws {
    try forAll(seed: 1, count: 500) { generator in
      let id = generator.ulid()
      let text = id.description
      try #require(text.utf8.count == 26)
      try #require(ULID(text) == id)
      try #require(id.bytes.count == 16)
    }
    #expect(ULID(high: 0, low: 0).description == "00000000000000000000000000")
    #expect(ULID(high: .max, low: .max).description == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
  }

  @Test func `a known identifier has the time that its makers say`() throws {
    // The example of github.com/ulid/spec and its time.
    let id = try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
    #expect(id.milliseconds == 1_469_922_850_259)
    #expect(id.description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
  }

  @Test(arguments: [
    "", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
    "01arz3ndektsv4rrffq69g5fav", "81ARZ3NDEKTSV4RRFFQ69G5FAV", "Z1ARZ3NDEKTSV4RRFFQ69G5FAV",
    "01ARZ3NDEKTSV4RRFFQ69G5FAI", "01ARZ3NDEKTSV4RRFFQ69G5FAL", "01ARZ3NDEKTSV4RRFFQ69G5FAO",
    "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5FA ", " 1ARZ3NDEKTSV4RRFFQ69G5FAV",
    "01ARZ3NDEKTSV4RRFFQ69G5F\u{0}V", "01ARZ3NDEKTSV4RRFFQ69G5Fé", "01ARZ3NDEK-TSV4RRFFQ69G5FA",
  ])
  func `any other spelling is refused`(text: String) { #expect(ULID(text) == nil) }

  @Test func `every single changed character gives another value or none`() throws {
    let id = try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
    for place in 0..<26 {
      for byte in UInt8.min...UInt8.max {
        var text = id.utf8
        guard text[place] != byte else { continue }
        text[place] = byte
        #expect(ULID(text) != id)
      }
    }
  }

  @Test func `text sorts as the values do`() throws {
    try forAll(seed: 2, count: 300) { generator in
      let (one, other) = (generator.ulid(), generator.ulid())
      try #require((one < other) == (one.description < other.description))
      try #require((one < other) == one.bytes.lexicographicallyPrecedes(other.bytes))
    }
  }
}

@Suite struct ULIDGeneratorTests {
  // L-19
  @Test func `identifiers rise while the clock stands still, jumps and steps back`() throws {
    try forAll(seed: 3, count: 50) { entropy in
      var generator = ULIDGenerator()
      var now = Timestamp(milliseconds: 1_767_225_600_000)
      var last = generator.next(at: now, entropy: &entropy)
      for _ in 0..<300 {
        now = now.advanced(by: Int64(entropy.int(-5_000_000...5_000_000)))
        let next = generator.next(at: now, entropy: &entropy)
        try #require(last < next)
        last = next
      }
    }
  }

  @Test func `a clock that moved on gives its own time, one that stepped back the last one`() {
    var entropy = SeededEntropy(seed: 4)
    var generator = ULIDGenerator()
    let later = generator.next(at: Timestamp(milliseconds: 5000), entropy: &entropy)
    #expect(later.milliseconds == 5000)
    #expect(generator.next(at: Timestamp(milliseconds: 10), entropy: &entropy).milliseconds == 5000)
    #expect(
      generator.next(at: Timestamp(milliseconds: 6000), entropy: &entropy).milliseconds == 6000)
  }

  @Test func `when the random part runs over, the time goes on and nothing falls`() {
    var entropy = Ones()
    var generator = ULIDGenerator()
    let now = Timestamp(milliseconds: 1000)
    let full = generator.next(at: now, entropy: &entropy)
    #expect(full == ULID(milliseconds: 1000, random: (.max, .max)))
    let next = generator.next(at: now, entropy: &entropy)
    #expect(next == ULID(milliseconds: 1001, random: (0, 0)))
    #expect(generator.next(at: now, entropy: &entropy) > next)
  }

  @Test func `a clock at or before 1970 still gives random identifiers`() {
    for milliseconds: Int64 in [0, -1, .min] {
      var entropy = SeededEntropy(seed: 5)
      var other = SeededEntropy(seed: 6)
      var (one, two) = (ULIDGenerator(), ULIDGenerator())
      let now = Timestamp(milliseconds: milliseconds)
      let id = one.next(at: now, entropy: &entropy)
      #expect(id.milliseconds == 0)
      #expect(id != two.next(at: now, entropy: &other))
    }
  }

  private struct Ones: EntropySource {
    mutating func next() -> UInt64 { .max }
    mutating func split() -> Ones { Ones() }
  }
}

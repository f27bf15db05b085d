import Bytes
import JSON
import Testing

struct NumberTests {
  @Test func `numbers are compared exactly`() throws {
    let ascending = [
      "-1e1000000", "-123456789012345678901234567890", "-1.5", "-1.25", "-1", "-0.5", "-1e-400",
      "0",
      "1e-400", "0.1", "0.10000000000000000000000000000000000001", "0.5", "1", "1.0000000000000001",
      "9007199254740992", "9007199254740993", "123456789012345678901234567890",
      "123456789012345678901234567890.5", "1e64", "1e65", "1e1000000",
    ]
    let numbers = try ascending.map { try #require(JSONNumber($0)) }
    for (i, one) in numbers.enumerated() {
      for (j, other) in numbers.enumerated() {
        #expect((one < other) == (i < j), "\(ascending[i]) < \(ascending[j])")
        #expect((one == other) == (i == j))
      }
    }
  }

  @Test(arguments: [
    ("1", "1.0"), ("100", "1e2"), ("0", "-0.0e5"), ("0.1", "1e-1"), ("1200", "0.0120e5"),
    ("-5", "-50e-1"),
  ])
  func `the same number in another spelling is equal`(_ one: String, _ other: String) {
    #expect(JSONNumber(one) == JSONNumber(other))
  }

  @Test(arguments: [
    ("10", "2", true), ("7", "2", false), ("4.5", "1.5", true), ("35", "1.5", false),
    ("0.0075", "0.0001", true), ("0.00751", "0.0001", false), ("0.3", "0.1", true),
    ("1e308", "0.123456789", false), ("1e308", "0.5", true), ("1e1000000000", "3", false),
    ("3e1000000000", "3", true), ("0", "7", true), ("5", "0", false), ("-9", "3", true),
    ("1e-1000000000", "1", false), ("123456789012345678901234567890", "10", true),
    ("1e300", "18446744073709551616", true), ("12391239123", "1e-8", true), ("1", "1e15", false),
    ("340282366920938463463374607431768211456", "18446744073709551616", true),
    ("340282366920938463463374607431768211457", "18446744073709551616", false),
  ])
  func `multiples are exact`(_ value: String, _ divisor: String, _ expected: Bool) throws {
    let value = try #require(JSONNumber(value))
    #expect(value.isMultiple(of: try #require(JSONNumber(divisor))) == expected)
  }

  @Test(arguments: [
    ("1.0", true), ("1e2", true), ("15e-1", false), ("150e-1", true), ("0.0", true),
  ])
  func `integers are recognised in any spelling`(_ text: String, _ expected: Bool) {
    #expect(JSONNumber(text)?.isInteger == expected)
  }

  @Test(arguments: ["", "-", "e1", "1e", "1x", "1e1x", "1.2.3"])
  func `text that is no number is refused`(_ text: String) {
    #expect(JSONNumber(text) == nil)
  }

  @Test func `comparison and multiples agree with integer arithmetic`() throws {
    var random = SeededEntropy(seed: 0xDEC1)
    for _ in 0..<2_000 {
      let scale = Int.random(in: 0...6, using: &random)
      let one = Int64.random(in: -100_000...100_000, using: &random)
      let other = Int64.random(in: -300...300, using: &random)
      let left = try #require(JSONNumber("\(one)e-\(scale)"))
      let right = try #require(JSONNumber("\(other)e-\(scale)"))
      #expect((left < right) == (one < other))
      #expect((left == right) == (one == other))
      let divides = other != 0 && one % other == 0
      #expect(left.isMultiple(of: right) == divides, "seed 0xDEC1: \(one) / \(other)")
    }
  }
}

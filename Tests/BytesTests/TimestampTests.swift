internal import Bytes
internal import TestSupport
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    // Those of the events of the platform, in its own order of text.
    ("2025-01-01T00:00:00Z", 1_735_689_600_000_000_000),
    ("2025-01-01T00:00:00.5Z", 1_735_689_600_500_000_000),
    ("2025-01-01T00:00:00+00:00", 1_735_689_600_000_000_000),
    ("2025-01-01T01:00:00+02:00", 1_735_686_000_000_000_000),
    ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999999999Z", -1),
    ("2024-02-29T12:00:00Z", 1_709_208_000_000_000_000),
    ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
    ("2025-01-01T00:00:00-00:00", 1_735_689_600_000_000_000),
    ("2025-01-01T00:00:00.1234567Z", 1_735_689_600_123_456_700),
    ("2025-01-01T00:00:00.123456789Z", 1_735_689_600_123_456_789),
    ("2025-01-01T00:00:00.1234567899999Z", 1_735_689_600_123_456_789),
    ("2025-01-01t00:00:00z", 1_735_689_600_000_000_000),
    ("2024-12-31T23:59:60Z", 1_735_689_600_000_000_000),
    ("2025-01-01T23:59:59+23:59", 1_735_689_659_000_000_000),
    ("2025-01-01T00:00:00-23:59", 1_735_775_940_000_000_000),
  ])
  func `text is the moment that it says`(text: String, nanoseconds: Int64) {
    #expect(Timestamp(text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    "2025-01-01 00:00:01", "2025-01-01 00:00:01Z", "2025-01-01T00:00:01", "2025-01-01", "",
    "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2025-04-31T00:00:00Z",
    "2025-00-01T00:00:00Z", "2025-13-01T00:00:00Z", "2025-01-00T00:00:00Z",
    "2025-01-32T00:00:00Z", "2025-01-01T24:00:00Z", "2025-01-01T00:60:00Z",
    "2025-01-01T00:00:61Z", "2025-01-01T00:00:00.Z", "2025-01-01T00:00:00,5Z",
    "2025-01-01T00:00:00+2:00", "2025-01-01T00:00:00+0200", "2025-01-01T00:00:00+24:00",
    "2025-01-01T00:00:00+00:60", "2025-01-01T00:00:00Z ", " 2025-01-01T00:00:00Z",
    "2025-1-01T00:00:00Z", "+2025-01-01T00:00:00Z", "-025-01-01T00:00:00Z", "now", "1735689600",
    "２025-01-01T00:00:00Z", "2025-01-01T00:00:00Zulu", "2025-01-01T-1:00:00Z",
    // Moments that do not fit.
    "0001-01-01T00:00:00Z", "1677-09-21T00:12:43.145224191Z", "2262-04-11T23:47:16.854775808Z",
    "9999-12-31T23:59:59Z",
  ])
  func `text that is no moment is refused`(text: String) { #expect(Timestamp(text) == nil) }

  @Test func `the first and last moment are printed and parsed`() {
    for (nanoseconds, text) in [
      (Int64.min, "1677-09-21T00:12:43.145224192Z"), (.max, "2262-04-11T23:47:16.854775807Z"),
    ] {
      #expect(Timestamp(nanoseconds: nanoseconds).description == text)
      #expect(Timestamp(text)?.nanoseconds == nanoseconds)
    }
  }

  @Test func `a time beyond all moments has the nearest one, other texts have none`() {
    let (first, last) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
    #expect(Timestamp(nearEndOf: "9999-12-31T23:59:59Z") == last)
    #expect(Timestamp(nearEndOf: "9999-12-31") == last)
    #expect(Timestamp(nearEndOf: "0001-01-01T00:00:00Z") == first)
    for text in ["1999-02-29", "2026-11-22", "9999-13-01", "soon", "9999", "+999-01-01"] {
      #expect(Timestamp(nearEndOf: text) == nil, "\(text)")
    }
  }

  @Test func `a printed moment parses to itself`() throws {
    try forAll(seed: 7, count: 2000) { generator in
      var moment = Timestamp(nanoseconds: Int64(bitPattern: generator.next()))
      if generator.chance(2) { moment.nanoseconds -= moment.nanoseconds % 1000 }
      if generator.chance(3) { moment.nanoseconds -= moment.nanoseconds % 1_000_000 }
      if generator.chance(4) { moment.nanoseconds -= moment.nanoseconds % 1_000_000_000 }
      try #require(Timestamp(moment.description) == moment, "\(moment.nanoseconds)")
    }
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (500_000_000, "1970-01-01T00:00:00.500Z"),
    (1000, "1970-01-01T00:00:00.000001Z"), (1, "1970-01-01T00:00:00.000000001Z"),
    (-1, "1969-12-31T23:59:59.999999999Z"),
  ])
  func `as many digits are printed as the moment needs`(nanoseconds: Int64, text: String) {
    #expect(Timestamp(nanoseconds: nanoseconds).description == text)
  }

  @Test func `every day of eight centuries follows the one before`() throws {
    // 1700-01-01, a day at a time to 2250.
    var moment = try #require(Timestamp("1700-01-01T00:00:00Z"))
    var (year, month, day) = (1700, 1, 1)
    for _ in 0..<200_000 {
      let text = moment.description
      let expected = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
      try #require(text.hasPrefix(expected), "\(text) is not \(expected)")
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      if day > lengths[month - 1] { (day, month) = (1, month + 1) }
      if month > 12 { (month, year) = (1, year + 1) }
      moment = moment.advanced(by: 86400 * 1_000_000_000)
    }
  }

  @Test func `garbage never traps`() throws {
    try forAll(seed: 8, count: 3000) { generator in
      var text = Array("2025-01-01T00:00:00.123456789+01:00".utf8)
      for _ in 0..<generator.int(1...4) {
        text[generator.int(0...(text.count - 1))] = UInt8(truncatingIfNeeded: generator.next())
      }
      if generator.chance(3) { text.removeLast(generator.int(1...text.count)) }
      if let moment = Timestamp(text) { try #require(Timestamp(moment.utf8) == moment) }
    }
  }

  @Test func `arithmetic stays within what fits`() {
    let (first, last) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
    #expect(last.advanced(by: 1) == last)
    #expect(first.advanced(by: -1) == first)
    #expect(last.since(first) == .max)
    #expect(first.since(last) == .min)
    #expect(Timestamp(nanoseconds: 0).since(first) == .max)
    #expect(Timestamp(milliseconds: .max) == last)
    #expect(Timestamp(milliseconds: .min) == first)
  }
}

/// RFC 3339 text, the only form that events carry.
extension Timestamp: CustomStringConvertible {
  /// Parses `2026-11-22T15:04:05.123Z` or with an offset; nil when it is anything else, when a
  /// field is out of range, or when the moment does not fit.
  package init?(_ text: some Collection<UInt8>) { self.init(Array(text).span) }

  /// The same, in place.
  package init?(_ text: Span<UInt8>) {
    var reader = TextReader(text)
    guard
      let year = reader.digits(4), reader.take(0x2D),
      let month = reader.digits(2), reader.take(0x2D),
      let day = reader.digits(2), reader.take(0x54) || reader.take(0x74),
      let hour = reader.digits(2), reader.take(0x3A),
      let minute = reader.digits(2), reader.take(0x3A),
      let second = reader.digits(2),
      (1...12).contains(month), day >= 1, day <= Calendar.days(inMonth: month, ofYear: year),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    guard let fraction = reader.fraction(), let offset = reader.offsetMinutes(), reader.atEnd
    else { return nil }
    let days = Calendar.days(year: year, month: month, day: day)
    let seconds = Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + second - offset * 60)
    // Wide, because the first second that fits begins before the first moment that does.
    let total = Int128(seconds) * 1_000_000_000 + Int128(fraction)
    guard let fitting = Int64(exactly: total) else { return nil }
    nanoseconds = fitting
  }

  package init?(_ text: String) { self.init(text.utf8) }

  /// The first or last moment there is, for a time or day that lies beyond; nil for any other text.
  package init?(nearEndOf text: String) {
    guard text.utf8.count >= 10, text.utf8.first != 0x2B, let year = Int(text.prefix(4)) else {
      return nil
    }
    let tail = text.dropFirst(4) + (text.utf8.count == 10 ? "T00:00:00Z" : "")
    // 2000 was a leap year, so every day of every year is one of its days.
    guard Timestamp("\(text.prefix(4))" + tail) == nil, Timestamp("2000" + tail) != nil,
      !(1678...2261).contains(year)
    else { return nil }
    self.init(nanoseconds: year > 2000 ? .max : .min)
  }

  /// UTC with as many fraction digits as the moment needs: none, 3, 6 or 9.
  package var description: String { String(decoding: utf8, as: UTF8.self) }

  /// The text form as ASCII bytes.
  package var utf8: [UInt8] {
    var out: [UInt8] = []
    out.append(text: self)
    return out
  }
}

extension [UInt8] {
  /// Appends the text form of a moment.
  package mutating func append(text time: Timestamp) {
    let second = time.nanoseconds.floorDivided(by: 1_000_000_000)
    let remainder = Int(time.nanoseconds % 1_000_000_000)
    let fraction = remainder < 0 ? remainder + 1_000_000_000 : remainder
    let day = second.floorDivided(by: 86400)
    let (year, month, dayOfMonth) = Calendar.civil(day: Int(day))
    let inDay = Int(second - day * 86400)
    var text = TextBuffer()
    text.put(year, 4)
    text.put(byte: 0x2D)
    text.put(month, 2)
    text.put(byte: 0x2D)
    text.put(dayOfMonth, 2)
    text.put(byte: 0x54)
    text.put(inDay / 3600, 2)
    text.put(byte: 0x3A)
    text.put(inDay / 60 % 60, 2)
    text.put(byte: 0x3A)
    text.put(inDay % 60, 2)
    if fraction != 0 {
      text.put(byte: 0x2E)
      if fraction % 1_000_000 == 0 {
        text.put(fraction / 1_000_000, 3)
      } else if fraction % 1000 == 0 {
        text.put(fraction / 1000, 6)
      } else {
        text.put(fraction, 9)
      }
    }
    text.put(byte: 0x5A)
    let span = text.bytes.span.extracting(0..<text.count)
    unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}

/// Room for the longest text form of a moment, without a place on the heap.
private struct TextBuffer {
  private(set) var bytes = InlineArray<32, UInt8>(repeating: 0)
  private(set) var count = 0

  mutating func put(byte: UInt8) {
    guard count < 32 else { return }
    bytes[count] = byte
    count += 1
  }

  /// A number in decimal, padded with zeros to `width` digits.
  mutating func put(_ value: Int, _ width: Int) {
    guard count + width <= 32 else { return }
    var value = value
    for place in (count..<count + width).reversed() {
      bytes[place] = UInt8(truncatingIfNeeded: 0x30 + value % 10)
      value /= 10
    }
    count += width
  }
}

/// A cursor over ASCII text.
private struct TextReader: ~Escapable {
  let bytes: Span<UInt8>
  var place = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  var atEnd: Bool { place == bytes.count }

  @_lifetime(self: copy self)
  mutating func take(_ byte: UInt8) -> Bool {
    guard place < bytes.count, bytes[place] == byte else { return false }
    place += 1
    return true
  }

  @_lifetime(self: copy self)
  mutating func digit() -> Int? {
    guard place < bytes.count, (0x30...0x39).contains(bytes[place]) else { return nil }
    place += 1
    return Int(bytes[place - 1]) - 0x30
  }

  @_lifetime(self: copy self)
  mutating func digits(_ count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  /// Nanoseconds; digits past the ninth are dropped.
  ///
  /// No point means none.
  @_lifetime(self: copy self)
  mutating func fraction() -> Int? {
    guard take(0x2E) else { return 0 }
    guard var value = digit() else { return nil }
    var count = 1
    while let digit = digit() {
      if count < 9 {
        value = value * 10 + digit
        count += 1
      }
    }
    while count < 9 {
      value *= 10
      count += 1
    }
    return value
  }

  @_lifetime(self: copy self)
  mutating func offsetMinutes() -> Int? {
    if take(0x5A) || take(0x7A) { return 0 }
    let negative = take(0x2D)
    guard negative || take(0x2B) else { return nil }
    guard let hours = digits(2), take(0x3A), let minutes = digits(2), hours < 24, minutes < 60
    else { return nil }
    return (negative ? -1 : 1) * (hours * 60 + minutes)
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

/// The proleptic Gregorian calendar, counted in days since 1970-01-01.
enum Calendar {
  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  static func days(inMonth month: Int, ofYear year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01, counting years from March so that the leap day comes last.
  static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  static func civil(day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension FormatReader {
  /// RFC 3339 date-time.
  mutating func dateTime() -> Bool {
    guard date(), take("T") || take("t") else { return false }
    return time() && isAtEnd
  }

  /// RFC 3339 full-date.
  mutating func date() -> Bool {
    let year = number(digits: 4)
    guard year >= 0, take("-") else { return false }
    let month = number(digits: 2)
    guard 1...12 ~= month, take("-") else { return false }
    let day = number(digits: 2)
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day >= 1 && day <= days[month - 1]
  }

  /// RFC 3339 full-time.
  mutating func time() -> Bool {
    let hour = number(digits: 2)
    guard 0...23 ~= hour, take(":") else { return false }
    let minute = number(digits: 2)
    guard 0...59 ~= minute, take(":") else { return false }
    let second = number(digits: 2)
    guard 0...60 ~= second else { return false }
    if take(".") {
      guard Self.isDigit(peek()) else { return false }
      while Self.isDigit(peek()) { at += 1 }
    }
    if take("Z") || take("z") { return second < 60 || hour == 23 && minute == 59 }
    let isEast = take("+")
    guard isEast || take("-") else { return false }
    let offsetHour = number(digits: 2)
    guard 0...23 ~= offsetHour, take(":") else { return false }
    let offsetMinute = number(digits: 2)
    guard 0...59 ~= offsetMinute else { return false }
    if second < 60 { return true }
    // A leap second is the last one of a day of UTC.
    let offset = (offsetHour * 60 + offsetMinute) * (isEast ? -1 : 1)
    return (hour * 60 + minute + offset + 2 * 1440) % 1440 == 1439
  }
}

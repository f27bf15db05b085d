internal import Events

/// Sees to it that a walk goes upwards: damaged pages can lead it in a circle.
struct KeyOrder {
  private var last: [UInt8]?

  mutating func check(_ key: [UInt8], _ doing: String) throws(LogError) {
    if let last, !last.lexicographicallyPrecedes(key) { throw .outOfOrder(doing) }
    last = key
  }
}

/// The same for tables with numbers as keys.
struct NumberOrder {
  private var last: UInt64?

  mutating func check(_ key: UInt64, _ doing: String) throws(LogError) {
    if let last, last >= key { throw .outOfOrder(doing) }
    last = key
  }
}

extension LogError {
  fileprivate static func outOfOrder(_ doing: String) -> LogError {
    LogError(.corruption, "the file is damaged (\(doing): keys are out of order)")
  }
}

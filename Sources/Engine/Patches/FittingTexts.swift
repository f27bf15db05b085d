internal import JSON

extension [String] {
  /// So many bytes of texts may be in one event: a payload holds 256 KiB.
  private static var byteCountMax: Int { 128 << 10 }

  /// As many of the first as one event has room for, then how many more there are.
  package var cutToFit: [String] {
    var rest = Self.byteCountMax
    for (index, text) in enumerated() {
      rest -= Self.byteCount(text)
      if rest < 0 { return Array(self[..<index]) + ["… and \(count - index) more"] }
    }
    return self
  }

  /// What it takes as JSON.
  private static func byteCount(_ text: String) -> Int {
    var writer = JSONWriter()
    writer.string(text)
    return writer.bytes.count + 1
  }
}

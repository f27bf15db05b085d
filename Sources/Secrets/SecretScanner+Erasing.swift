extension SecretScanner {
  /// The rules alone, without values of the user's.
  package static let shared = SecretScanner()

  /// Of a secret that was cut, this many bytes are enough to tell that it is its beginning.
  private static let cutByteCountMin = 6

  /// The secrets in some input.
  package func secrets(in input: [UInt8]) -> [(rule: String, bytes: [UInt8])] {
    findings(in: input).map { ($0.rule, Array(input[$0.range])) }
  }

  /// A text that may quote input, with the names of rules where secrets were.
  ///
  /// - Parameter secrets: found in the input; of these the text may have but the beginning.
  package func erasing(
    _ text: String, secrets: [(rule: String, bytes: [UInt8])] = []
  ) -> String {
    let bytes = Array(text.utf8)
    var found = findings(in: bytes).map { (rule: $0.rule, range: $0.range) }
    for secret in secrets where secret.bytes.count >= Self.cutByteCountMin {
      found += Self.beginnings(of: secret.bytes, in: bytes).map { (secret.rule, $0) }
    }
    guard !found.isEmpty else { return text }
    found.sort {
      ($0.range.lowerBound, $1.range.upperBound) < ($1.range.lowerBound, $0.range.upperBound)
    }
    var out: [UInt8] = []
    var end = 0
    for (rule, range) in found {
      if range.lowerBound >= end {
        out += bytes[end..<range.lowerBound]
        out += "[REDACTED:\(rule)]".utf8
      }
      end = max(end, range.upperBound)
    }
    out += bytes[end...]
    return String(decoding: out, as: UTF8.self)
  }

  /// Where the secret, or as much of it as there is, stands in a text.
  private static func beginnings(of secret: [UInt8], in text: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    while start + cutByteCountMin <= text.count {
      var end = start
      while end < text.count, end - start < secret.count, text[end] == secret[end - start] {
        end += 1
      }
      if end - start >= cutByteCountMin {
        ranges.append(start..<end)
        start = end
      } else {
        start += 1
      }
    }
    return ranges
  }
}

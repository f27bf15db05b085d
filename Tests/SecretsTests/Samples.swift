import Bytes
import TestSupport

@testable import Secrets

/// Secrets made from what their rules say, never real ones.
struct Samples {
  var entropy: SeededEntropy

  init(_ entropy: SeededEntropy) { self.entropy = entropy }

  mutating func run(_ set: ByteSet, _ count: Int) -> String {
    let members = set.members
    return String(
      decoding: (0..<count).map { _ in entropy.pick(members) ?? 0 }, as: UTF8.self)
  }

  /// A token of the rule.
  ///
  /// - Parameters:
  ///   - part: the part that gets `extra` bytes more than its longest, or less than its shortest.
  mutating func token(_ rule: TokenRule, part: Int? = nil, extra: Int = 0) -> String {
    var text = String(decoding: rule.prefix.bytes, as: UTF8.self)
    for (index, piece) in rule.parts.enumerated() {
      switch piece {
      case .text(let literal): text += String(decoding: literal.bytes, as: UTF8.self)
      case .run(let set, let counts):
        var count = entropy.int(counts)
        if part == index {
          count = extra > 0 ? counts.upperBound + extra : counts.lowerBound + extra
        }
        // A closing bracket of another kind at the end would be no part of a word.
        text += run(set, max(0, count - 1)) + (count > 0 ? run(set.isPlain ? set : .digits, 1) : "")
      }
    }
    return text
  }

  /// A value that no word could be.
  mutating func value(_ count: Int = 24) -> String {
    // Shorter ones can't have the entropy.
    guard count >= 14 else { return run(.alphanumeric, count) }
    while true {
      let text = run(.alphanumeric, count)
      let bytes = Array(text.utf8)
      if bytes.span.entropy(0..<bytes.count) > 3.6, bytes.contains(where: \.isDigit),
        bytes.contains(where: \.isUpperCase), !StopList.isName(0..<bytes.count, in: bytes.span),
        !StopList.isPlaceholder(0..<bytes.count, in: bytes.span)
      {
        return text
      }
    }
  }

  mutating func webToken() -> String {
    let header = #"{"alg":"HS256","typ":"JWT","kid":"\#(run(.lowerHex, 6))"}"#
    let payload = #"{"sub":"\#(run(.digits, 10))"}"#
    return [header, payload].map { base64($0, isURL: true) }.joined(separator: ".")
      + "." + run(.base64url, 43)
  }

  mutating func privateKey(_ label: String, lines: Int = 12, lineBreak: String = "\n") -> String {
    let body = (0..<lines).map { _ in run(.base64, 64) }
    return (["-----BEGIN \(label)-----"] + body + ["-----END \(label)-----"])
      .joined(separator: lineBreak)
  }

  mutating func nkeySeed(kind: UInt8 = 20 << 3) -> String {
    var bytes: [UInt8] = [18 << 3 | kind >> 5, (kind & 31) << 3] + entropy.bytes(32)
    let crc = NKeyRule.crc(bytes)
    bytes += [UInt8(truncatingIfNeeded: crc), UInt8(truncatingIfNeeded: crc >> 8)]
    return base32(bytes)
  }
}

extension ByteSet {
  /// Whether all members are letters and digits.
  var isPlain: Bool { members.allSatisfy { ByteSet.alphanumeric.contains($0) } }
}

/// Base64 with padding (in the alphabet for URLs without), written apart from the code under test.
func base64(_ bytes: some Sequence<UInt8>, isURL: Bool = false) -> String {
  let last = isURL ? "-_" : "+/"
  let digits = Array(
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
  var out: [UInt8] = []
  var group: [UInt8] = []
  func flush() {
    let number = (0..<3).reduce(0) { $0 << 8 | Int($1 < group.count ? group[$1] : 0) }
    for place in 0..<4 {
      if place <= group.count {
        out.append(digits[number >> (18 - 6 * place) & 63])
      } else if !isURL {
        out.append(UInt8(ascii: "="))
      }
    }
    group = []
  }
  for byte in bytes {
    group.append(byte)
    if group.count == 3 { flush() }
  }
  if !group.isEmpty { flush() }
  return String(decoding: out, as: UTF8.self)
}

func base64(_ text: String, isURL: Bool = false) -> String { base64(text.utf8, isURL: isURL) }

func base32(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
  let bits = bytes.flatMap { byte in (0..<8).map { byte >> UInt8(7 - $0) & 1 } }
  return String(
    decoding: stride(from: 0, to: bits.count, by: 5).map { start in
      digits[(0..<5).reduce(0) { $0 << 1 | Int(start + $1 < bits.count ? bits[start + $1] : 0) }]
    }, as: UTF8.self)
}

/// What a scan finds, as pairs of rule and text.
func found(_ text: String, _ scanner: SecretScanner = .shipped) -> [Found] {
  let bytes = Array(text.utf8)
  return scanner.findings(in: bytes).map {
    Found(rule: $0.rule, text: String(decoding: bytes[$0.range], as: UTF8.self))
  }
}

struct Found: Equatable {
  var rule: String
  var text: String
}

extension SecretScanner {
  static let shipped = SecretScanner()
}

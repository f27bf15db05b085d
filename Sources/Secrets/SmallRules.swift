/// The secret of an AWS key: 40 characters near its id (IAM user guide, "Managing access keys").
enum AWSSecretRule {
  static let name = "aws-secret-access-key"
  private static let byteCount = 40
  private static let distance = 256
  private static let entropyMin = 4.0

  /// Appends the secrets before and after an id.
  static func match(around id: Range<Int>, in text: Span<UInt8>, _ body: (Range<Int>) -> Void) {
    var index = Swift.max(0, id.lowerBound - distance)
    let limit = Swift.min(text.count, id.upperBound + distance)
    // A run that is cut by the window's edge is not whole.
    index = text.end(ofRun: .base64, from: index, atMost: index == 0 ? 0 : byteCount + 1)
    while index < limit {
      let end = text.end(ofRun: .base64, from: index, atMost: byteCount + 1)
      if end - index == byteCount, text.wordMayBegin(at: index), text.wordMayEnd(at: end),
        !text.has(UInt8(ascii: "="), at: end), text.entropy(index..<end) >= entropyMin,
        (index..<end).contains(where: {
          text[$0].isUpperCase || !ByteSet.lowerHex.contains(text[$0])
        }),
        !text.has("EXAMPLE", in: index..<end)
      {
        body(index..<end)
      }
      let next = text.end(ofRun: .base64, from: end, atMost: limit - Swift.min(limit, end))
      index = Swift.max(next, index + 1)
    }
  }
}

/// Keys of OpenAI with its name in the middle (OpenAI docs, "API keys"): `sk-`, 20 or more,
/// `T3BlbkFJ`, 20 or more.
enum OpenAIRule {
  static let name = "openai"
  private static let byteCountMax = 200
  private static let partByteCountMin = 20

  static func match(at middle: Int, in text: Span<UInt8>) -> Range<Int>? {
    let start = text.start(ofRun: .base64url, before: middle, atMost: byteCountMax)
    let end = text.end(ofRun: .base64url, from: middle, atMost: byteCountMax + 1)
    guard text.has("sk-", at: start), middle - start >= partByteCountMin + 3,
      (partByteCountMin + 8...byteCountMax).contains(end - middle), text.wordMayBegin(at: start)
    else { return nil }
    return start..<end
  }
}

/// User and password in a Docker configuration (Docker docs, "docker login"): `"auth": "<base64>"`.
enum DockerAuthRule {
  static let name = "docker-auth"

  /// - Parameter start: behind `"auth`. The quote is no part of the keyword: in JSON inside of JSON
  ///   an escape stands before it.
  static func match(after start: Int, in text: Span<UInt8>) -> Range<Int>? {
    guard text.has(UInt8(ascii: "\""), at: start) else { return nil }
    let begin = text.end(
      ofRun: ByteSet(ranges: "", singles: " \t:\""), from: start + 1, atMost: 6)
    var end = text.end(ofRun: .base64, from: begin, atMost: 4096)
    end = text.end(ofRun: ByteSet(ranges: "", singles: "="), from: end, atMost: 2)
    guard text.has(UInt8(ascii: "\""), at: begin - 1), text.has(UInt8(ascii: "\""), at: end),
      end - begin >= 12, (end - begin) % 4 == 0
    else { return nil }
    let bytes = Base64.decoded(text.copy(begin..<end))
    guard bytes.contains(UInt8(ascii: ":")), bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
      return nil
    }
    return begin..<end
  }
}

/// Keys of Azure storage accounts (Azure docs, "Configure connection strings"): 64 bytes in base64.
enum AccountKeyRule {
  static let name = "azure-storage-key"

  static func match(after start: Int, in text: Span<UInt8>) -> Range<Int>? {
    let digits = ByteSet(ranges: "09azAZ", singles: "+/=")
    let end = text.end(ofRun: digits, from: start, atMost: 89)
    return end - start == 88 ? start..<end : nil
  }
}

/// Private keys in a kubeconfig (Kubernetes docs, "Kubeconfig v1"): `client-key-data: <base64>`.
enum ClientKeyRule {
  static let name = "kubeconfig-client-key"

  static func match(at start: Int, in text: Span<UInt8>) -> Range<Int>? {
    guard text.has("client", at: start - 6) else { return nil }
    let begin = text.end(
      ofRun: ByteSet(ranges: "", singles: " :\"'"), from: start + 9, atMost: 6)
    var end = text.end(ofRun: .base64, from: begin, atMost: 32 << 10)
    end = text.end(ofRun: ByteSet(ranges: "", singles: "="), from: end, atMost: 2)
    return end - begin >= 64 ? begin..<end : nil
  }
}

/// Tokens of Telegram bots (Telegram docs, "Bot API: authorizing your bot").
enum TelegramRule {
  static let name = "telegram-bot"

  static func match(at colon: Int, in text: Span<UInt8>) -> Range<Int>? {
    let start = text.start(ofRun: .digits, before: colon, atMost: 11)
    let end = text.end(ofRun: .base64url, from: colon + 1, atMost: 36)
    guard (8...10).contains(colon - start), end == colon + 36, text.wordMayBegin(at: start),
      text.hasVariety(colon..<end, atLeast: 8)
    else { return nil }
    return start..<end
  }
}

/// Passwords in `.netrc` (GNU inetutils manual, "The .netrc file"): `machine … login … password …`.
enum NetrcRule {
  static let name = "netrc-password"
  private static let reach = 256
  private static let printable = ByteSet(ranges: "!~")

  /// The password after the keyword at `keyword`.
  static func match(_ keyword: Range<Int>, in text: Span<UInt8>) -> Range<Int>? {
    guard let after = text.byte(keyword.upperBound), after.isBlank || after == UInt8(ascii: "\n"),
      text.wordMayBegin(at: keyword.lowerBound)
    else { return nil }
    // Before it stands `login` and one word, before that the machine's name.
    let blanks = ByteSet(ranges: "", singles: " \t\n")
    let nameEnd = text.start(ofRun: blanks, before: keyword.lowerBound, atMost: 16)
    let nameStart = text.start(ofRun: printable, before: nameEnd, atMost: reach)
    let login = text.start(ofRun: blanks, before: nameStart, atMost: 16) - 5
    let before = Swift.max(0, login - reach)..<Swift.max(0, login)
    guard text.has("login", at: login),
      text.has("machine ", in: before) || text.has("default", in: before)
    else { return nil }
    let begin = text.end(
      ofRun: blanks, from: keyword.upperBound, atMost: 8)
    let end = text.end(ofRun: printable, from: begin, atMost: 256)
    guard end - begin >= 3, !StopList.isPlaceholder(begin..<end, in: text) else { return nil }
    return begin..<end
  }
}

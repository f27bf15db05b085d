import Testing

/// The rules for Swift sources that the formatter does not check.
@Suite struct SwiftRulesTests {
  static let sources = Repository.files(in: "Sources/", ending: ".swift")
  static let all =
    Repository.files(
      in: "Sources/", "Tests/", "tools/", "benchmarks/", "Package.swift", ending: ".swift")

  @Test func `there is something to check`() {
    #expect(Self.sources.count > 50)
  }

  @Test func `no line has more than 100 columns unless it is one string`() {
    report(
      check(Self.all) { line, _ in
        line.count > 100 && !Self.isOneString(line)
          ? "has \(line.count) columns: break it so that it has at most 100" : nil
      })
  }

  /// Whether a line holds a string literal alone, perhaps behind an operator: sentences and JSON
  /// are easier to find unbroken.
  private static func isOneString(_ line: some StringProtocol) -> Bool {
    let code = line.drop { " +=?:".contains($0) }
    return code.hasPrefix("\"") || code.hasPrefix("#\"")
  }

  @Test func `no file has more than 400 lines`() {
    report(
      Self.all.filter { $0.lines.count > 401 }.map {
        Finding($0.path, 401, "has \($0.lines.count - 1) lines: split it by what it does")
      })
  }

  @Test func `no function has more than 60 lines`() {
    report(
      Self.all.flatMap { file in
        functions(in: Masking.code(of: file.text)).filter { $0.lineCount > 60 }.map {
          Finding(file.path, $0.line, "\($0.name) has \($0.lineCount) lines: take a step out of it")
        }
      })
  }

  @Test(arguments: [
    ("import Foundation", "use Glibc or the standard library: Foundation costs start-up time"),
    ("try!", "handle the error"),
    (" as!", "use `as?` and handle nil"),
    ("fatalError(", "throw an error: bad input must not end the process"),
  ])
  func `sources do without`(_ phrase: String, _ fix: String) {
    let masked = Self.sources.map { SourceFile(path: $0.path, text: Masking.code(of: $0.text)) }
    report(check(masked) { line, _ in line.containsPhrase(phrase) ? "`\(phrase)`: \(fix)" : nil })
  }

  @Test func `nothing is left for later`() {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
    report(
      check(Self.all) { line, _ in
        marks.first { line.containsPhrase($0) }.map { "`\($0)`: do it or write an issue" }
      })
  }

  /// Words that design documents of other systems use for what has a name of its own here.
  @Test(arguments: [
    ("aggregate", "stream or entity"), ("LSN", "position"), ("read model", "view"),
    ("event store", "log"), ("dead worker", "stale, stalled or unhealthy worker"),
  ])
  func `one word per thing`(_ word: String, _ ours: String) {
    let files = Self.sources + Repository.files(in: "schema/events/", ending: ".json")
    report(check(files) { line, _ in line.containsPhrase(word) ? "say \(ours), not \(word)" : nil })
  }
}

extension StringProtocol {
  /// Whether `phrase` occurs, byte for byte.
  func containsPhrase(_ phrase: String) -> Bool {
    let text = Array(utf8)
    let wanted = Array(phrase.utf8)
    guard !wanted.isEmpty, text.count >= wanted.count else { return false }
    return (0...(text.count - wanted.count)).contains { start in
      text[start] == wanted[0] && text[start..<(start + wanted.count)].elementsEqual(wanted)
    }
  }
}

import Bytes
import Configuration
import Events
import Testing

@testable import Commands

@Suite struct ParsingTests {
  @Test(
    arguments: [
      ("200ms", 200_000_000), ("5s", 5_000_000_000), ("2m", 120_000_000_000),
      ("1h", 3_600_000_000_000), ("0s", 0), ("1d", 86_400_000_000_000),
    ] as [(String, Int64)])
  func `lengths of time are read`(_ text: String, _ nanoseconds: Int64) {
    #expect(Duration(text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: ["", "5", "s", "-5s", "5 s", "5S", "1.5s", "9223372036854775807h", "5sm"])
  func `what is no length of time is refused`(_ text: String) throws {
    #expect(Duration(text) == nil)
    let error = try #require(throws: LogError.self) {
      try Duration.parse(text, option: "--wait")
    }
    #expect(error.code == .usage && error.message.contains("--wait"))
  }

  @Test func `a place is a position or a time`() throws {
    let now = try #require(Timestamp("2026-11-22T12:00:00Z"))
    #expect(TimeOrPosition("4200", now: now) == .position(Position(4200)))
    #expect(TimeOrPosition("0", now: now) == .position(.none))
    #expect(
      TimeOrPosition("-10m", now: now) == .time(try #require(Timestamp("2026-11-22T11:50:00Z"))))
    #expect(
      TimeOrPosition("2026-11-22", now: now)
        == .time(try #require(Timestamp("2026-11-22T00:00:00Z"))))
    #expect(
      TimeOrPosition("2026-11-22T11:00:00+01:00", now: now)
        == .time(try #require(Timestamp("2026-11-22T10:00:00Z"))))
    #expect(TimeOrPosition("2999-01-01T00:00:00Z", now: now) == .time(Timestamp(nanoseconds: .max)))
    #expect(TimeOrPosition("1066-10-14", now: now) == .time(Timestamp(nanoseconds: .min)))
    for text in [
      "", "x", "-", "-5", "1999-02-29", "2026-13-01",
      "22.11.2026", "99999999999999999999999", "+5", "2999-02-30",
    ] {
      #expect(TimeOrPosition(text, now: now) == nil, "\(text)")
    }
  }

  @Test func `columns are aligned, numbers to the right`() {
    var table = Table([("name", false), ("count", true)])
    table.add(["a", "1"])
    table.add(["日本\n", "12345"])
    let style = Style(.never, isTerminal: false, Surroundings(workingDirectory: "/"))
    #expect(table.lines(style) == ["name    count", "a           1", #"日本\n  12345"#])
  }

  @Test func `a table keeps to a width by heading over several lines and cutting long texts`() {
    var table = Table([("current task", false), ("spent micro usd", true), ("text", false)])
    table.add(["T1", "12345", "one two three four five"])
    let style = Style(.never, isTerminal: false, Surroundings(workingDirectory: "/"))
    #expect(table.lines(style, width: 100) == table.lines(style))
    #expect(
      table.lines(style, width: 30) == [
        "         spent", "current  micro", "task       usd  text",
        "T1       12345  one two three…",
      ])
    // Numbers are never cut.
    let narrow = table.lines(style, width: 5)
    #expect(narrow.last == "T1       12345  one two…")
  }

  @Test func `a text is cut between words, or with what fits`() {
    #expect(Table.cut("one two", to: 7) == "one two")
    #expect(Table.cut("one two", to: 6) == "one…")
    #expect(Table.cut("a longword", to: 6) == "a lon…")
    #expect(Table.cut("日本語", to: 5) == "日本…")
    #expect(Table.cut("abc", to: 0).isEmpty)
  }

  @Test func `a line is cut where the terminal ends, colours not counted`() {
    func line(_ width: Int?) -> String {
      var line = FittedLine(width: width)
      line.add("abc") { "<\($0)>" }
      line.add("defgh")
      line.add("i")
      return line.text
    }
    #expect(line(nil) == "<abc>defghi")
    #expect(line(9) == "<abc>defghi")
    #expect(line(7) == "<abc>def…")
    #expect(line(2) == "<a…>")
  }

  @Test func `colours are used where they are wanted`() {
    func isColored(_ choice: ColorChoice, _ isTerminal: Bool, _ environment: [String: String])
      -> Bool
    {
      Style(
        choice, isTerminal: isTerminal,
        Surroundings(workingDirectory: "/", environment: environment)
      ).isColored
    }
    #expect(isColored(.auto, true, [:]))
    #expect(!isColored(.auto, false, [:]))
    #expect(!isColored(.auto, true, ["NO_COLOR": "1"]))
    #expect(!isColored(.auto, true, ["TERM": "dumb"]))
    #expect(isColored(.auto, false, ["CLICOLOR_FORCE": "1"]))
    #expect(isColored(.always, false, ["NO_COLOR": "1"]))
    #expect(!isColored(.never, true, ["CLICOLOR_FORCE": "1"]))
  }

  @Test func `lines are cut however the blocks fall`() {
    func lines(_ blocks: [String], max: Int = 8) -> [String] {
      var splitter = LineSplitter(byteCountMax: max)
      var found: [String] = []
      func take(_ piece: LineSplitter.Piece) {
        switch piece {
        case .line(let bytes): found.append(String(decoding: bytes, as: UTF8.self))
        case .tooLong: found.append("!")
        }
      }
      for block in blocks { splitter.take(Array(block.utf8)[...], take) }
      if let last = splitter.end() { take(last) }
      return found
    }
    #expect(lines(["a\nb", "c\n", "\n", "d"]) == ["a", "bc", "", "d"])
    #expect(lines(["12345678\n123456789\nx\n"]) == ["12345678", "!", "x"])
    #expect(lines(["1234", "5678", "9", "0\nx"]) == ["!", "x"])
    #expect(lines(["123456789"]) == ["!"])
    #expect(lines([]) == [])
  }

  @Test func `a log named before the subcommand counts`() {
    let words = CommandLineWords(["--log", "d", "append", "note", "--", "text=x"])
    #expect(words.all == ["append", "note", "--log", "d", "--", "text=x"])
    #expect(words.isAppend)
    #expect(CommandLineWords(["--log=d", "stats"]).all == ["stats", "--log=d"])
    #expect(CommandLineWords(["--log"]).all == ["--log"])
  }
}

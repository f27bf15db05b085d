import Patterns
import Testing

struct SyntaxTests {
  private func error(_ source: String) -> PatternError? {
    do throws(PatternError) {
      _ = try Pattern(source)
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    ("(?=a)", "lookahead", 0), ("a(?!b)", "negative lookahead", 1), ("ab(?<=c)", "lookbehind", 2),
    ("(?<!a)b", "negative lookbehind", 0), ("(a)\\1", "backreference", 3),
    ("(?<n>a)\\k<n>", "backreference", 7), ("x\\p{L}", "property escape", 1),
  ])
  func `what can't be matched is refused by name and place`(
    _ source: String, _ construct: String, _ offset: Int
  ) {
    let found = error(source)
    #expect(found?.kind == .unsupported)
    #expect(found?.message.contains(construct) == true)
    #expect(found?.offset == offset)
    #expect(Pattern.syntaxError(in: source) == nil)
  }

  @Test(arguments: [
    "(", ")", "(a", "a)", "[", "[a", "[b-a]", "*", "+a", "?", "{2}", "a{2,1}", "a{", "a{1", "a{,2}",
    "a**", "a{2}{3}", "^*", "\\b+", "\\", "\\a", "\\Z", "\\xg0", "\\u12", "\\u{110000}", "\\u{}",
    "\\c", "\\c1", "\\01", "(?a)", "(?<1>a)", "(?<a>b)(?<a>c)", "(?<>a)", "[\\d-z]", "}", "]",
    "a|*",
    "[\\b-\\d]", "(?:a",
  ])
  func `what is no expression is refused`(_ source: String) {
    #expect(error(source)?.kind == .syntax)
    #expect(Pattern.syntaxError(in: source)?.kind == .syntax)
  }

  @Test func `expansion is bounded`() {
    #expect(error("a{1000}") == nil)
    #expect(error("a{1001}")?.kind == .tooLarge)
    #expect(error("(a{100}){101}")?.kind == .tooLarge)
    #expect(error("(((){1000}){1000}){1000}")?.kind == .tooLarge)
    #expect(error(String(repeating: "(", count: 101))?.kind == .tooLarge)
    #expect(error(String(repeating: "(", count: 100) + String(repeating: ")", count: 100)) == nil)
  }

  @Test func `an error says what and where`() {
    #expect(error("ab(c")?.description == "unclosed group at offset 2")
    #expect(error("[z-a]")?.description == "range out of order at offset 1")
  }
}

import Patterns
import Testing

struct MatchTests {
  @Test(arguments: [
    ("a", "cat", true), ("a", "dog", false), ("^a", "ba", false), ("a$", "ab", false),
    ("^abc$", "abc", true), ("^$", "", true), ("^$", "a", false), ("", "", true), ("", "x", true),
    ("a|b", "xb", true), ("^(a|b)c$", "bc", true), ("^(a|b)c$", "ab", false),
    ("^a*$", "aaa", true), ("^a+$", "", false), ("^a?$", "aa", false), ("^a{2,3}$", "aa", true),
    ("^a{2,3}$", "aaaa", false), ("^a{2}$", "aaa", false), ("^a{2,}$", "aaaaa", true),
    ("^a*?b$", "aab", true), ("^(?:ab)+$", "abab", true), ("^(?<n>ab)+$", "aba", false),
    ("^[a-c]$", "b", true), ("^[^a-c]$", "b", false), ("^[^a]$", "é", true), ("^[]$", "a", false),
    ("^[^]$", "\n", true), ("^[a\\-z]$", "-", true), ("^[-a]$", "-", true), ("^[a-]$", "-", true),
    ("^\\d+$", "0123", true), ("^\\d$", "٣", false), ("^\\w+$", "aZ_9", true),
    ("^\\w$", "é", false),
    ("^\\s$", "\u{A0}", true), ("^\\s$", "\u{FEFF}", true), ("^\\s$", "\u{2003}", true),
    ("^\\S$", "\u{2029}", false), ("^\\S$", "\u{180E}", true), ("^\\D\\W$", "a-", true),
    ("^.$", "\n", false), ("^.$", "\u{2028}", false), ("^.$", "\u{1F600}", true),
    ("^.$", "ab", false),
    ("^\\t\\n\\v\\f\\r\\0$", "\t\n\u{B}\u{C}\r\u{0}", true), ("^\\cJ$", "\n", true),
    ("^\\cj$", "\n", true), ("^\\x41\\u0042\\u{43}$", "ABC", true),
    ("^\\uD83D\\uDE00$", "\u{1F600}", true), ("^[\\u{1F600}-\\u{1F64F}]$", "\u{1F610}", true),
    ("^\\$\\.\\/\\-$", "$./-", true), ("a$", "a\n", false), ("\\bcat\\b", "a cat!", true),
    ("\\bcat\\b", "concat", false), ("\\Bcat", "concat", true), ("\\B", "", true),
    ("\\b", "", false),
    ("^\\b", "a", true), ("\\b$", "a", true), ("a\\bb", "ab", false), ("^(a|^b)*$", "ba", true),
    ("^(a|^b)*$", "ab", false), ("(a$|b)c", "bc", true), ("x^a", "xa", false),
    ("[\\b]", "\u{8}", true),
    ("^é{2}$", "éé", true), ("^[^x]{2}$", "éé", true), ("^[^x]{2}$", "é", false),
    ("^[^/]+/[^/]+$", "é/ü", true), ("^a[^a]*$", "aéé", true), ("^[ab]*b$", "aab", true),
    ("^a?ab$", "ab", true), ("^a{0}b$", "b", true), ("^a", "abc", true), ("^[0-9]{2}", "12x", true),
    ("^\\\\u[0-9]$", "\\u1", true), ("^(|a)b$", "b", true), ("^a{1,3}a$", "aaaa", true),
    ("^p-[A-Z]+(-[0-9]+)?$", "p-AB-12", true), ("^p-[A-Z]+(-[0-9]+)?$", "p-AB-", false),
  ])
  func `a pattern matches as ECMA 262 says`(
    _ source: String, _ text: String, _ expected: Bool
  ) throws {
    #expect(try Pattern(source).matches(text) == expected)
    #expect(try Pattern("(?:" + source + ")").matches(text) == expected)
    let often = try Pattern("(?:" + source + ")|\\bzz9\\b")
    for _ in 0..<20 { #expect(often.matches(text) == expected) }
  }

  @Test func `slices and spans are matched in place`() throws {
    let pattern = try Pattern("^[0-9A-HJKMNP-TV-Z]{26}$")
    let ulid = Array("01J8Z0T4RZ9G6X2QK3V5W7Y8AB".utf8)
    #expect(pattern.matches(ulid))
    #expect(pattern.matches((ulid + [0x22])[..<26]))
    #expect(!pattern.matches(ulid.dropLast()))
    #expect(!pattern.matches(ulid + ulid))
    #expect(!pattern.matches("01J8Z0T4RZ9G6X2QK3V5W7Y8AI"))
  }

  @Test(arguments: [[0x80], [0xC3], [0xF0, 0x9F], [0xFF, 0x61], [0xE2, 0x82]] as [[UInt8]])
  func `bytes that are not UTF-8 are survived`(_ bytes: [UInt8]) throws {
    #expect(try Pattern("^.+$").matches(bytes))
    #expect(try !Pattern("^(a|é)$").matches(bytes))
  }

  @Test(arguments: [
    "(a*)*b", "^(a+)+$b", "(a|a)*b", "(a|aa)+$x", "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(.*)(.*)(.*)(.*)[^a]",
    "(a?){50}a{50}b",
  ])
  func `patterns that blow up elsewhere take linear time`(_ source: String) throws {
    let pattern = try Pattern(source)
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 20_000)
    // Backtracking would need more steps than there are atoms.
    #expect(!pattern.matches(text))
  }

  @Test func `a pattern too large for a table is still matched`() throws {
    let pattern = try Pattern("(a|b)*a(a|b){20}c")
    let tail = String(repeating: "b", count: 20)
    for _ in 0..<20 {
      #expect(pattern.matches("bbba" + tail + "c"))
      #expect(!pattern.matches("bbbb" + tail + "c"))
    }
  }
}

import Testing

/// The rules find what they are for.
@Suite struct RulesThemselvesTests {
  @Test(arguments: [
    (##"f("try! }") // {"##, ##"f(        )     "##),
    (##"g("\(h("}")) {")"##, ##"g(             )"##),
    (##"/* { /* } */ */ k"##, ##"                k"##),
    (##"x = #"\" { "#;"##, ##"x = #       #;"##),
  ])
  func `masking blanks comments and literals and keeps the rest in place`(
    _ code: String, _ expected: String
  ) {
    #expect(Masking.code(of: code) == expected)
  }

  @Test func `functions are measured from their keyword to their brace`() {
    let code = """
      protocol P {
        func without(a: Int)
        var x: Int { get }
      }
      func one(_ f: () -> Void = { }) {
        if true {
        }
      }
      struct S {
        init() {}
      }
      """
    #expect(
      functions(in: code) == [
        FunctionSpan(name: "one", line: 5, lineCount: 4),
        FunctionSpan(name: "init", line: 10, lineCount: 1),
      ])
  }

  @Test(arguments: [
    (#"{"a":[1,2],"b":{ }}"#, "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}\n"),
    (#"{"c":"{,:\""}"#, "{\n  \"c\": \"{,:\\\"\"\n}\n"),
    ("[]", "[]\n"),
  ])
  func `JSON is laid out`(_ text: String, _ expected: String) {
    #expect(String(decoding: canonicalJSON(Array(text.utf8)), as: UTF8.self) == expected)
  }

  @Test func `a manifest is read`() {
    let manifest = """
      library("A"),
      library("B", ["A", crypto]),
      library(
        "C",
        [
          "A", "B",
        ]),
      library("D", plugins: ["P"]),
      """
    #expect(
      manifestDependencies(manifest) == [
        "A": [], "B": ["A", "swift-crypto"], "C": ["A", "B"], "D": [],
      ])
  }
}

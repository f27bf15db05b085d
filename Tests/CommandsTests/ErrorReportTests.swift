import Configuration
import Events
import JSON
import Pipeline
import Schema
import SchemaFiles
import Testing

@testable import Commands

@Suite struct ErrorReportTests {
  private var sample: LogError {
    var error = LogError(
      .rejected, "the patch can't go from \"created\" to applied", expected: "a queued patch",
      actual: "created", allowed: ["patch_validated", "patch_dropped"], pointer: "/payload",
      hint: "Validate it first")
    error.line = 7
    return error
  }

  private var style: Style {
    Style(.never, isTerminal: false, Surroundings(workingDirectory: "/"))
  }

  @Test func `for programs it is one object`() {
    #expect(
      String(decoding: ErrorReport(sample).json, as: UTF8.self)
        == #"{"error":{"code":"rejected","message":"the patch can't go from \"created\" to applied","#
        + #""expected":"a queued patch","actual":"created","#
        + #""allowed":["patch_validated","patch_dropped"],"line":7,"pointer":"/payload","#
        + #""hint":"Validate it first"}}"#)
  }

  @Test func `for people it is a sentence and what to do`() {
    #expect(
      ErrorReport(sample).text(style) == """
        uetlog: line 7: the patch can't go from "created" to applied
          at:       /payload
          expected: a queued patch
          found:    created
          allowed:  patch_validated, patch_dropped
          hint:     Validate it first
        """)
  }

  @Test func `the object keeps its schema, whatever the error`() throws {
    let index = try #require(SchemaFiles.index(ofPath: "uetlog/error.v1.json"))
    let schema = try Catalog.compile(
      SchemaFiles.bytes(at: index), id: "schema/uetlog/error.v1.json")
    var reports = LogError.Code.allCases.map { ErrorReport(LogError($0, "wrong")) }
    reports.append(ErrorReport(sample))
    reports.append(.receiptLost(.closed, "it is stored"))
    let long = String(repeating: "ü", count: 40_000)
    reports.append(
      ErrorReport(LogError(.badInput, long, expected: long, pointer: "/" + long, hint: long)))
    for report in reports {
      let document = try JSONDocument(parsing: report.json)
      let violations = schema.violations(in: document, at: document.root, limit: 3)
      #expect(violations.isEmpty, "\(violations)")
    }
  }

  @Test func `nothing from outside reaches a terminal unescaped`() {
    let error = LogError(
      .badInput, "type \u{1B}[2J\u{202E}", actual: "\u{9B}31m", allowed: ["\u{7}"], hint: "a\nb")
    let text = ErrorReport(error).text(style)
    #expect(text.contains(#"\u{1b}[2J\u{202e}"#) && text.contains(#"\u{9b}31m"#))
    #expect(text.contains(#"\u{7}"#) && text.hasSuffix("a\n            b"))
  }
}

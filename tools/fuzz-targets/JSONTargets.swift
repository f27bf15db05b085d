internal import Patterns
internal import Schema

@testable internal import Commands
@testable internal import JSON

/// What is read is the same when it is written without white space and read again, and when it is
/// escaped for a terminal; an error is at a place in the input.
@Sendable func fuzzJSON(_ bytes: [UInt8]) {
  let document: JSONDocument
  do throws(JSONError) { document = try JSONDocument(parsing: bytes) } catch {
    promise((0...bytes.count).contains(error.offset), "the error is outside of the input")
    promise(error.line >= 1 && error.column >= 1, "the error has no place")
    return
  }
  let compact = document.compacted(document.root)
  for text in [compact, SafeText.escapedJSON(compact)] {
    guard let again = try? JSONDocument(parsing: text) else { fail("compact JSON is refused") }
    promise(again.nodeCount == document.nodeCount, "another number of values")
    for index in 0..<document.nodeCount {
      let node = JSONNode(index)
      promise(again.kind(node) == document.kind(node), "value \(index) is of another kind")
      promise(
        again.stringBytes(node) == document.stringBytes(node), "value \(index) is another text")
    }
    promise(text != compact || again.compacted(again.root) == compact, "compacting twice changes")
  }
}

/// Compiling is total, judging is the same however it is asked for and written.
@Sendable func fuzzSchema(_ bytes: [UInt8]) {
  let halves = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
  guard let schema = halves.first.map({ Array($0) }) else { return }
  for unknown in [SchemaCompiler.UnknownKeywords.refuse, .allow] {
    let compiler = SchemaCompiler(unknownKeywords: unknown)
    guard let compiled = try? compiler.compile(schema, id: "fuzz"), halves.count == 2,
      let value = try? JSONDocument(parsing: Array(halves[1])),
      let same = try? JSONDocument(parsing: value.compacted(value.root))
    else { continue }
    let isValid = compiled.isValid(value, value.root)
    let violations = compiled.violations(in: value, at: value.root, limit: 8)
    promise(isValid == violations.isEmpty, "valid: \(isValid), violations: \(violations.count)")
    promise(violations.count <= 8, "more violations than asked for")
    promise(
      isValid == (compiled.firstViolation(in: value, at: value.root) == nil),
      "the first violation disagrees")
    promise(isValid == compiled.isValid(same, same.root), "white space makes a difference")
  }
}

/// A pattern means the same in a group, beside itself, and when it is asked again.
@Sendable func fuzzPattern(_ bytes: [UInt8]) {
  let halves = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
  guard let first = halves.first, let source = String(validating: first, as: UTF8.self),
    let pattern = try? Pattern(source)
  else { return }
  promise(Pattern.syntaxError(in: source) == nil, "what compiles has a syntax error")
  let text = halves.count == 2 ? Array(halves[1]) : []
  let matches = pattern.matches(text)
  promise(pattern.matches(text) == matches, "the second answer differs")
  // What is no text has no scalars to agree on; it must only not trap.
  guard String(validating: text, as: UTF8.self) != nil else { return }
  for other in ["(?:\(source))", "(?:\(source))|(?:\(source))", "(?:\(source)){1,2}"] {
    // The other form may be above a limit.
    guard let same = try? Pattern(other) else { continue }
    promise(same.matches(text) == matches, "\(other.debugDescription) differs")
  }
}

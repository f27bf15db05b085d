import Checks
import JSON
import Policy
import Testing

@Suite struct CheckResultsTests {
  private func outcome(
    _ kind: Check.Kind, passed: Bool, ran: Bool = true, required: Bool = false, tests: Bool = false
  ) -> CheckOutcome {
    var check = Check(
      name: "the-\(kind)", kind: kind, rules: [], command: ["tool"], timeoutMilliseconds: 1)
    check.isRequired = required
    var outcome = CheckOutcome(of: check, command: "tool", requiresTests: tests)
    outcome.passed = passed
    outcome.ran = ran
    outcome.message = passed ? nil : ran ? "failed with exit code 1" : "is not run"
    return outcome
  }

  @Test func `what ran must pass, whether it is required or not`() {
    let results = CheckResults(
      [outcome(.compile, passed: true), outcome(.lint, passed: false)], requiresTests: false)
    #expect(results.failsPatch)
    #expect(results.firstFailure == "the check the-lint failed with exit code 1")
    let fine = CheckResults([outcome(.lint, passed: true)], requiresTests: false)
    #expect(!fine.failsPatch && fine.firstFailure == nil && !fine.testsRan && !fine.testsPassed)
  }

  @Test func `what did not run fails the patch only where it is required`() {
    let optional = outcome(.lint, passed: false, ran: false)
    #expect(!CheckResults([optional], requiresTests: false).failsPatch)
    let required = outcome(.lint, passed: false, ran: false, required: true)
    #expect(CheckResults([required], requiresTests: false).failsPatch)
    let test = outcome(.test, passed: false, ran: false)
    #expect(!CheckResults([test], requiresTests: false).failsPatch)
    let asked = outcome(.test, passed: false, ran: false, tests: true)
    let results = CheckResults([asked], requiresTests: true)
    #expect(results.failsPatch && !results.testsRan && !results.testsPassed)
  }

  @Test func `what could not be started fails the patch and did not run`() {
    var broken = outcome(.test, passed: false, ran: false)
    broken.couldNotStart = true
    let results = CheckResults([broken], requiresTests: false)
    #expect(results.failsPatch && !results.testsRan && !results.testsPassed)
    #expect(!results.outcomes.contains { $0.ran && $0.failsPatch })
  }

  @Test func `where tests are required, none is a failure`() {
    let lint = outcome(.lint, passed: true)
    let results = CheckResults([lint], requiresTests: true)
    #expect(results.failsPatch)
    #expect(results.firstFailure == "the policy asks for tests, and none ran")
    #expect(CheckResults([], requiresTests: true).failsPatch)
    #expect(!CheckResults([], requiresTests: false).failsPatch)
    let tested = CheckResults([lint, outcome(.test, passed: true)], requiresTests: true)
    #expect(!tested.failsPatch && tested.testsRan && tested.testsPassed)
  }

  @Test func `one test that fails is enough`() {
    let results = CheckResults(
      [outcome(.test, passed: true), outcome(.test, passed: false)], requiresTests: false)
    #expect(results.failsPatch && results.testsRan && !results.testsPassed)
    let other = CheckResults(
      [outcome(.test, passed: true), outcome(.lint, passed: false)], requiresTests: false)
    #expect(other.failsPatch && other.testsPassed)
  }

  @Test func `what was interrupted says nothing good`() {
    let results = CheckResults(
      [outcome(.test, passed: true)], requiresTests: false, wasInterrupted: true)
    #expect(results.failsPatch && !results.testsPassed && results.firstFailure != nil)
  }

  @Test(arguments: [1, 9, 64, 256], ["\u{FFFD}", "\"", "\n", "𐍈", "x"])
  func `a payload has room for the texts of all checks`(count: Int, filler: String) throws {
    let outcomes = (0..<count).map { index in
      var outcome = outcome(.lint, passed: false)
      outcome.name = "check-\(index)"
      outcome.exitCode = 1
      outcome.durationMilliseconds = 1
      outcome.head = "H" + String(repeating: filler, count: 2048)
      outcome.tail = String(repeating: filler, count: 2048) + "T"
      outcome.command = "C" + String(repeating: filler, count: 8191)
      outcome.message = "M" + String(repeating: filler, count: 16_000)
      return outcome
    }
    var writer = JSONWriter()
    CheckResults(outcomes, requiresTests: false).write(to: &writer)
    #expect(writer.bytes.count < CheckResults.textByteCountMax + 256 * count)
    #expect(writer.bytes.count < 200 << 10)
    let document = try JSONDocument(parsing: writer.bytes)
    #expect(document.count(document.root) == count)
    let first = try #require(document.firstChild(document.root))
    // The ends that count are still there.
    for (name, end) in [("output_head", "H"), ("command", "C"), ("message", "M")] {
      let text = document.member(first, name).flatMap { document.string($0) }
      #expect(text?.hasPrefix(end) == true, "\(name)")
    }
    let tail = document.member(first, "output_tail").flatMap { document.string($0) }
    #expect(tail?.hasSuffix("T") == true)
  }

  @Test func `no word is cut in two where texts are shortened`() throws {
    var outcome = outcome(.lint, passed: false)
    let words = (0..<400).map { "secret-\(1000 + $0)" }.joined(separator: " ")
    (outcome.head, outcome.tail, outcome.message) = (words, words, words)
    var writer = JSONWriter()
    CheckResults([CheckOutcome](repeating: outcome, count: 64), requiresTests: false)
      .write(to: &writer)
    let document = try JSONDocument(parsing: writer.bytes)
    let first = try #require(document.firstChild(document.root))
    for name in ["output_head", "output_tail", "message"] {
      let text = try #require(document.member(first, name).flatMap { document.string($0) })
      #expect(text.count < words.count && text.count > 100, "\(name)")
      #expect(text.split(separator: " ").allSatisfy { $0.count == 11 }, "\(name): \(text)")
    }
  }
}

package import JSON

/// How all checks of a patch ended.
package struct CheckResults: Hashable, Sendable {
  /// In the order in which they ran.
  package let outcomes: [CheckOutcome]
  /// Whether the policy asks for tests.
  package let requiresTests: Bool
  /// Whether the checks were ended before they were through: then they say nothing of the patch.
  package let wasInterrupted: Bool

  package init(_ outcomes: [CheckOutcome], requiresTests: Bool, wasInterrupted: Bool = false) {
    self.outcomes = outcomes
    self.requiresTests = requiresTests
    self.wasInterrupted = wasInterrupted
  }

  /// Whether the patch can't be accepted: a check failed or did not run although it must, or tests
  /// are required and there were none.
  package var failsPatch: Bool {
    wasInterrupted || outcomes.contains(where: \.failsPatch) || (requiresTests && !testsRan)
  }

  /// Whether there were tests and they ran.
  package var testsRan: Bool {
    outcomes.contains { $0.kind == .test && $0.ran && !$0.foundNoTests }
  }

  /// Whether there were tests and all that ran or had to run passed.
  package var testsPassed: Bool {
    testsRan && !wasInterrupted && !outcomes.contains { $0.kind == .test && $0.failsPatch }
  }

  /// Why the patch can't be accepted, in a sentence without a final stop; nil when it can.
  package var firstFailure: String? {
    if let outcome = outcomes.first(where: \.failsPatch) {
      return "the check \(outcome.name) \(outcome.message ?? "did not pass")"
    }
    if wasInterrupted { return "the checks were interrupted" }
    return requiresTests && !testsRan ? "the policy asks for tests, and none ran" : nil
  }

  /// The most bytes that the texts of all checks take in an event, whatever their programs print;
  /// a payload may have 256 KiB.
  package static let textByteCountMax = 128 << 10

  /// What one check gets of it at most, so that a few checks are not longer than they need be.
  private static let shareMax = 16 << 10

  /// Writes an array of the structure `check`, as events have it; long texts are cut.
  package func write(to writer: inout JSONWriter) {
    let share = min(Self.shareMax, Self.textByteCountMax / max(1, outcomes.count))
    writer.beginArray()
    for outcome in outcomes {
      writer.beginObject()
      writer.member("name", outcome.name)
      writer.member("passed", outcome.passed)
      writer.member("required", outcome.isRequired)
      writer.member("ran", outcome.ran)
      writer.member("command", outcome.command.keepingStart(jsonByteCount: share / 8))
      if let code = outcome.exitCode { writer.member("exit_code", code) }
      if let duration = outcome.durationMilliseconds { writer.member("duration_ms", duration) }
      if !outcome.head.isEmpty {
        writer.member("output_head", outcome.head.keepingStart(jsonByteCount: share / 8 * 3))
      }
      if !outcome.tail.isEmpty {
        writer.member("output_tail", outcome.tail.keepingEnd(jsonByteCount: share / 8 * 3))
      }
      writer.member("message", outcome.message?.keepingStart(jsonByteCount: share / 8))
      writer.endObject()
    }
    writer.endArray()
  }
}

extension String {
  /// As much of the beginning as takes at most so many bytes in JSON.
  fileprivate func keepingStart(jsonByteCount limit: Int) -> String {
    String(Self.fitting(unicodeScalars, limit))
  }

  /// As much of the end as takes at most so many bytes in JSON.
  fileprivate func keepingEnd(jsonByteCount limit: Int) -> String {
    String(String.UnicodeScalarView(Self.fitting(unicodeScalars.reversed(), limit).reversed()))
  }

  /// The first of the characters, up to a blank if there is one: half of a secret would not be
  /// known for what it is.
  private static func fitting(
    _ scalars: some Sequence<Unicode.Scalar>, _ limit: Int
  ) -> String.UnicodeScalarView {
    var kept = String.UnicodeScalarView()
    var byteCount = 0
    for scalar in scalars {
      switch scalar.value {
      case 0x22, 0x5C: byteCount += 2
      case 0x20..<0x80: byteCount += 1
      // The longest escape.
      case 0..<0x20: byteCount += 6
      default: byteCount += 4
      }
      if byteCount > limit {
        let blank = kept.lastIndex { $0 == "\n" } ?? kept.lastIndex { $0 == " " }
        return blank.map { String.UnicodeScalarView(kept[...$0]) } ?? kept
      }
      kept.append(scalar)
    }
    return kept
  }
}

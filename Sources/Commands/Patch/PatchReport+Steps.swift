internal import Engine
internal import JSON
internal import Pipeline

/// What became of a patch after its validation, for a person.
extension PatchReport {
  static func showSteps(_ patch: StoredPatch, _ console: Console) {
    let attempts = Int(patch.state.attempts)
    if attempts > 0 { line("applied", attempts.counted("time"), console) }
    if let verified = patch.events.last(where: { $0.payload?.has("checks") == true })?.payload {
      showTools(verified, console)
    }
    // What was decided last; a failed attempt is history once the patch has gone on.
    guard let last = patch.events.last, let type = last.type, ends.contains(type),
      let why = last.payload?.complaint
    else { return }
    line("why", why, console)
  }

  private static let ends: Set<EventType> = [
    .patch_apply_failed, .patch_commit_failed, .patch_rolled_back, .patch_quarantined,
    .patch_dropped,
  ]

  /// The tools that looked at its work tree, and what those that complained printed last.
  private static func showTools(_ event: Payload, _ console: Console) {
    guard let checks = event.child("checks") else { return }
    let document = checks.document
    document.forEachElement(checks.node) { node in
      let check = Payload(document, node)
      let passed = check.flag("passed") ?? false
      let ran = check.flag("ran") ?? true
      let said = check.text("message") ?? (passed ? "passed" : "did not pass")
      line(
        "check", (check.text("name") ?? "") + " " + said, console,
        passed || !ran ? nil : .bad)
      guard !passed, ran else { return }
      let output = check.text("output_tail") ?? check.text("output_head") ?? ""
      for text in output.split(separator: "\n").suffix(printedLineCount) {
        line("", "  " + text, console)
      }
    }
  }

  private static let printedLineCount = 12

  private static func line(
    _ name: String, _ text: String, _ console: Console, _ role: Style.Role? = nil
  ) {
    let shown = SafeText.escapedLines(text, indent: "".padded(to: 12))
    console.output.line(name.padded(to: 12) + (role.map { console.style($0, shown) } ?? shown))
  }
}

extension Payload {
  /// Why an event of a patch is as it is.
  var complaint: String? {
    text("reason") ?? text("error_message") ?? child("validation")?.texts("validation_errors").first
  }
}

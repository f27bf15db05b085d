internal import ArgumentParser
internal import Configuration
internal import EventLog
internal import Events
internal import JSON

/// `uetlog doctor`: says what keeps a log from being used, and what to do.
struct Doctor: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is wrong around the log, and what to do.",
    usage: "uetlog doctor [--fix] [<options>]",
    discussion: """
      Looks at the place, file system, permissions, data file, versions, lock, readers, room, \
      reserve, settings and leftovers; changes nothing. `uetlog verify` looks at what is in the \
      log. Exit 0: nothing is wrong, though something may be worth a look; 1: something is wrong.

      With --fix it first does what needs no decision: takes the room that a log keeps in reserve \
      for a full disk, and removes what killed processes left.

      EXAMPLES
        uetlog doctor
        uetlog doctor --fix --json --log .uetlog
      """)

  @Flag(help: "Take the reserve again and remove leftovers first.")
  var fix = false

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let location = try LogLocation(flag: common.log, console.here)
    guard location.hasLog else { throw location.missing }
    if fix { LogSurvey.putRight(log: location.path) }
    let findings = try Examination(location, console.here).findings
    if console.isJSON {
      console.output.json(json(findings))
    } else {
      var table = Table([("check", false), ("", false), ("found", false)])
      for finding in findings {
        table.add([finding.check, finding.status.rawValue, finding.text])
      }
      console.show(table)
      for finding in findings {
        if let advice = finding.advice {
          console.output.line("\(finding.check): \(SafeText.escaped(advice))")
        }
      }
    }
    return findings.contains { $0.status == .wrong } ? .difference : .done
  }

  private func json(_ findings: [Examination.Finding]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("checks")
    writer.beginArray()
    for finding in findings {
      writer.beginObject()
      writer.member("check", finding.check)
      writer.member("status", finding.status.rawValue)
      writer.member("found", finding.text)
      if let advice = finding.advice { writer.member("advice", advice) }
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}

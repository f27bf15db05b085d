internal import Bytes
internal import Events
internal import JSON

extension Verification {
  /// The report as lines for people: one for each phase, findings below it, the verdict last.
  package var lines: [String] {
    var lines = [subject.line]
    for phase in Phase.allCases {
      guard let outcome = outcome(phase) else { continue }
      lines.append(
        Self.padded(phase.rawValue) + Self.padded(outcome.status.rawValue, 8) + outcome.figures)
      let told = findings.filter { $0.phase == phase }
      for finding in told { lines.append(Self.padded("") + "- " + finding.message) }
      let more = counts[phase, default: 0] - told.count
      if more > 0 { lines.append(Self.padded("") + "- and \(more) more") }
    }
    lines.append(Self.padded("verdict") + verdictText)
    return lines
  }

  /// The verdict in a sentence that says how far it reaches and what proves it.
  package var verdictText: String {
    switch verdict {
    case .intact: return "INTACT up to position \(head); \(evidence)"
    case .rolledBack:
      return "ROLLED BACK or replaced: whole up to position \(head), but \(evidence)"
    case .irregular:
      return "IRREGULAR: whole up to position \(head), but position "
        + "\(firstBad.map(\.description) ?? "0") breaks the rules; \(evidence)"
    case .damaged:
      if Set(counts.keys) == [.pages] {
        return "DAMAGED pages, but nothing wrong is known of the events up to position \(head)"
      }
      guard let firstBad else { return "DAMAGED; which events are right can't be told from this" }
      let last = firstBad.rawValue > 0 ? firstBad.rawValue - 1 : 0
      return last == 0
        ? "DAMAGED from the first event on"
        : "DAMAGED: nothing wrong is known of positions 1 to \(last), "
          + "the first doubt is at position \(firstBad)"
    }
  }

  private static func padded(_ text: String, _ width: Int = 12) -> String {
    text + String(repeating: " ", count: max(1, width - text.utf8.count))
  }

  /// The report as one JSON object.
  package var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("verdict")
    writer.string(verdict.rawValue)
    writer.key("text")
    writer.string(verdictText)
    writer.key("position")
    writer.int(head.rawValue)
    if let root {
      writer.key("root")
      writer.string(root.description)
    }
    writer.key("first_bad")
    if let firstBad { writer.int(firstBad.rawValue) } else { writer.null() }
    subject.write(to: &writer)
    writer.key("phases")
    writer.beginArray()
    for phase in Phase.allCases {
      if let outcome = outcome(phase) { write(outcome, to: &writer) }
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  private func write(_ outcome: Outcome, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("phase")
    writer.string(outcome.phase.rawValue)
    writer.key("status")
    writer.string(outcome.status.rawValue)
    writer.key("figures")
    writer.string(outcome.figures)
    if outcome.phase.isDeep {
      writer.key("not_compared")
      writer.beginObject()
      for (reason, count) in outcome.omissions.pairs {
        writer.key(reason.rawValue)
        writer.int(count)
      }
      writer.endObject()
    }
    writer.key("finding_count")
    writer.int(counts[outcome.phase, default: 0])
    writer.key("findings")
    writer.beginArray()
    for finding in findings where finding.phase == outcome.phase {
      writer.beginObject()
      if let position = finding.position {
        writer.key("position")
        writer.int(position.rawValue)
      }
      if let through = finding.through {
        writer.key("through")
        writer.int(through.rawValue)
      }
      writer.key("message")
      writer.string(finding.message)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}

extension Verification.Subject {
  fileprivate var line: String {
    let name = id.map(\.description) ?? "unknown"
    return "log        \(name)  \(path)  format \(format)  epoch \(epoch)  lmdb \(library)"
  }

  fileprivate func write(to writer: inout JSONWriter) {
    writer.key("log")
    writer.beginObject()
    writer.key("path")
    writer.string(path)
    writer.key("id")
    if let id { writer.string(id.description) } else { writer.null() }
    writer.key("format")
    writer.int(format)
    writer.key("epoch")
    writer.int(epoch)
    writer.key("lmdb")
    writer.string(library)
    writer.endObject()
  }
}

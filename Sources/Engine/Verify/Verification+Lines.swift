internal import Bytes
internal import EventLog
internal import Events

extension Verification.Update {
  /// The update as one line without its end, for a pipe between two processes of one program.
  package var line: String {
    switch self {
    case .subject(let subject):
      Self.join(
        "subject", subject.id?.description ?? "", String(subject.format), String(subject.epoch),
        subject.library, subject.path)
    case .pages(let visited, let total): Self.join("pages", String(visited), String(total))
    case .progress(let position, let total):
      Self.join("progress", "\(position)", "\(total)")
    case .finding(let finding):
      Self.join(
        "finding", finding.phase.rawValue, finding.position.map { "\($0)" } ?? "",
        finding.through.map { "\($0)" } ?? "", finding.message)
    case .outcome(let outcome):
      Self.join(
        "outcome", outcome.phase.rawValue, outcome.status.rawValue, outcome.figures,
        outcome.omissions.line)
    case .conclusion(let head, let root, let evidence):
      Self.join("conclusion", "\(head)", root?.description ?? "", evidence)
    }
  }

  /// Nil for a line that is no update.
  package init?(line: Substring) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      .map { Self.unescaped($0) }
    switch (fields.first, fields.count) {
    case ("subject", 6):
      var subject = Verification.Subject(path: fields[5], id: ULID(fields[1]))
      guard let format = UInt32(fields[2]), let epoch = UInt32(fields[3]) else { return nil }
      subject.format = format
      subject.epoch = epoch
      subject.library = fields[4]
      self = .subject(subject)
    case ("pages", 3):
      guard let visited = UInt64(fields[1]), let total = UInt64(fields[2]) else { return nil }
      self = .pages(visited, of: total)
    case ("progress", 3):
      guard let position = UInt64(fields[1]), let total = UInt64(fields[2]) else { return nil }
      self = .progress(Position(position), of: Position(total))
    case ("finding", 5):
      guard let phase = Verification.Phase(rawValue: fields[1]) else { return nil }
      self = .finding(
        Verification.Finding(
          phase: phase, position: UInt64(fields[2]).map { Position($0) },
          through: UInt64(fields[3]).map { Position($0) }, message: fields[4]))
    case ("outcome", 5):
      guard let phase = Verification.Phase(rawValue: fields[1]),
        let status = Verification.Status(rawValue: fields[2]),
        let omissions = Omissions(line: fields[4])
      else { return nil }
      self = .outcome(
        Verification.Outcome(
          phase: phase, status: status, figures: fields[3], omissions: omissions))
    case ("conclusion", 4):
      guard let head = UInt64(fields[1]) else { return nil }
      self = .conclusion(
        head: Position(head), root: Digest(hex: Array(fields[2].utf8)), evidence: fields[3])
    default: return nil
    }
  }

  private static func join(_ fields: String...) -> String {
    fields.map(escaped).joined(separator: "\t")
  }

  /// Names in a damaged log may hold anything, and paths too.
  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\\\"
      case "\t": out += "\\t"
      case "\n": out += "\\n"
      case _ where scalar.value < 0x20: out += "?"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  private static func unescaped(_ text: Substring) -> String {
    guard text.contains("\\") else { return String(text) }
    var out = ""
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        isEscaped = false
        switch scalar {
        case "t": out += "\t"
        case "n": out += "\n"
        default: out.unicodeScalars.append(scalar)
        }
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

internal import Events
internal import JSON
internal import Pipeline

/// What an event's payload says beyond the subject, in one short line: its plain fields.
enum EventSummary {
  private static let fieldCountMax = 4
  /// Shown before other fields: what one looks for in a list of charges.
  private static let moneySuffix = "_micro_usd"

  static func text(_ event: Event) -> String {
    let note = event.isRedacted ? ["(redacted)"] : []
    guard let payload = event.payload.flatMap({ Payload($0) }) else {
      return event.payload == nil ? "(payload gone)" : ""
    }
    var money: [String] = []
    var others: [String] = []
    let subject = event.envelope.stream.id
    payload.document.forEachMember(payload.node) { key, value in
      guard let name = payload.document.string(key) else { return }
      let text: String
      switch payload.document.kind(value) {
      case .object, .array, .null: return
      case .string:
        guard let string = payload.document.string(value), string != subject else { return }
        text = SafeText.escaped(shortened(string))
      default:
        let token = payload.document.bytes[payload.document.range(value)]
        text = String(decoding: token, as: UTF8.self)
      }
      let part = "\(SafeText.escaped(name))=\(text)"
      if name.hasSuffix(moneySuffix) { money.append(part) } else { others.append(part) }
    }
    return (note + (money + others).prefix(fieldCountMax)).joined(separator: " ")
  }

  private static func shortened(_ text: String) -> String {
    let flat = text.prefix(200).split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: " ")
    return flat.count > 60 ? "\(flat.prefix(59))…" : flat
  }
}

internal import Events
internal import JSON

/// `FIELD=VALUE` conditions on a view's entries; `a.b` names a field of a nested object.
struct EntryFilter {
  private let conditions: [(path: [String], value: String)]

  init(_ texts: [String]) throws(LogError) {
    conditions = try texts.map { text throws(LogError) in
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw LogError(
          .usage, "--where \"\(text)\" is no condition", expected: "like state=queued")
      }
      return (
        text[..<equals].split(separator: ".").map(String.init),
        String(text[text.index(after: equals)...])
      )
    }
  }

  func accepts(_ entry: JSONDocument) -> Bool {
    conditions.allSatisfy { condition in
      entry.text(at: condition.path) == condition.value
    }
  }
}

extension JSONDocument {
  /// A field as text: strings without quotes, other values as they are written; nil when missing
  /// or null.
  func text(at path: [String]) -> String? {
    guard let node = member(root, path: path), kind(node) != .null else { return nil }
    return string(node) ?? String(decoding: compacted(node), as: UTF8.self)
  }
}

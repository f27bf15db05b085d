internal import Events
internal import JSON
internal import Pipeline

/// `FIELD=VALUE` conditions on a view's entries; `a.b` names a field of a nested object.
struct EntryFilter {
  private let conditions: [(path: [String], value: String)]

  init(_ texts: [String], of view: any View.Type) throws(LogError) {
    conditions = try texts.map { text throws(LogError) in
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw LogError(
          .usage, "--where \"\(text)\" is no condition", expected: "like state=queued")
      }
      let name = text[..<equals]
      guard let field = view.fields.first(where: { $0.name == name }) else {
        throw LogError(
          .usage, "\(view.name) have no field \"\(name)\"", allowed: view.fields.map(\.name))
      }
      return (field.path, String(text[text.index(after: equals)...]))
    }
  }

  func accepts(_ entry: JSONDocument) -> Bool {
    conditions.allSatisfy { condition in
      entry.text(at: condition.path) ?? "" == condition.value
    }
  }
}

extension JSONDocument {
  /// A field as text: strings without quotes, the elements of a list behind one another, other
  /// values as they are written; nil when missing or null.
  func text(at path: [String]) -> String? {
    guard let node = member(root, path: path), kind(node) != .null else { return nil }
    if let text = string(node) { return text }
    guard kind(node) == .array else { return String(decoding: compacted(node), as: UTF8.self) }
    var parts: [String] = []
    forEachElement(node) { element in
      parts.append(string(element) ?? String(decoding: compacted(element), as: UTF8.self))
    }
    return parts.joined(separator: ", ")
  }
}

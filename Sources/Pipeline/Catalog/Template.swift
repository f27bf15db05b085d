package import Bytes
package import Events

/// A name made from a payload: `patch-{artifact.patch_id}`, `cost-{@run_id}|cost-log`.
///
/// Alternatives are separated by `|`; the first whose fields are all there is taken, and an empty
/// one stands for "no name".
///
/// An object with its pieces in flat arrays: names are made for every event by several threads, and
/// counting owners of what they share is slow.
package final class Template: Sendable {
  fileprivate struct Part {
    enum Kind { case text, field, run }

    var kind: Kind
    /// Its bytes in `text`, or its field's path in `path`.
    var range: Range<Int>
  }

  fileprivate struct Form {
    var alternatives: [Range<Int>] = []
    var parts: [Part] = []
    var text: [UInt8] = []
    var path: [String] = []
  }

  /// What it was made of.
  package let source: String
  private let form: Form
  /// The category of its names; nil when the text before its fields does not tell.
  package let category: Category?

  package init(_ source: String) {
    self.source = source
    var form = Form()
    for alternative in source.split(separator: "|", omittingEmptySubsequences: false) {
      let start = form.parts.count
      form.add(alternative)
      form.alternatives.append(start..<form.parts.count)
    }
    self.form = form
    category = form.category
  }

  /// The fields it is made of, for error messages.
  package var fields: [String] {
    form.parts.filter { $0.kind == .field }.map { form.path[$0.range].joined(separator: ".") }
  }

  /// Whether a member of the payload has a part in the name.
  package func mentions(_ member: String) -> Bool {
    form.parts.contains {
      $0.kind == .field && form.path[$0.range].first == member
    }
  }

  /// The name that the payload and run id give.
  package func name(_ payload: Payload, runID: ULID?) -> Resolution {
    for index in form.alternatives.indices {
      guard let bytes = fill(form.alternatives[index], payload, runID: runID) else { continue }
      if bytes.isEmpty { return .none }
      guard let name = Name(bytes) else { return .invalid(bytes) }
      return .name(name)
    }
    return .none
  }

  /// What a template came to.
  package enum Resolution: Hashable, Sendable {
    case name(Name)
    case none
    /// The filled-in text is no name: too long or with control characters.
    case invalid([UInt8])
  }

  private func fill(
    _ alternative: Range<Int>, _ payload: Payload, runID: ULID?
  ) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    for index in alternative {
      let part = form.parts[index]
      switch part.kind {
      case .text: bytes += form.text[part.range]
      case .run:
        guard let runID else { return nil }
        bytes.append(text: runID)
      case .field:
        guard payload.appendText(form.path, part.range, to: &bytes) else { return nil }
      }
    }
    return bytes
  }
}

extension Template.Form {
  fileprivate mutating func add(_ source: Substring) {
    var rest = source
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { add(text: rest[..<open]) }
      let close = rest[open...].firstIndex(of: "}") ?? rest.index(before: rest.endIndex)
      let field = rest[rest.index(after: open)..<close]
      if field == "@run_id" {
        parts.append(Template.Part(kind: .run, range: 0..<0))
      } else {
        let start = path.count
        path += field.split(separator: ".").map(String.init)
        parts.append(Template.Part(kind: .field, range: start..<path.count))
      }
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { add(text: rest) }
  }

  private mutating func add(text piece: Substring) {
    let start = text.count
    text += piece.utf8
    parts.append(Template.Part(kind: .text, range: start..<text.count))
  }

  /// The category that the text in front tells.
  fileprivate var category: Category? {
    guard alternatives.count == 1, let first = parts.first, first.kind == .text else { return nil }
    let front = Array(text[first.range])
    return front.contains(0x2D) ? Category(of: Name(stored: front)) : nil
  }
}

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
    /// Its bytes in `text`, or its field's names in `names`.
    var range: Range<Int>
  }

  fileprivate struct Form {
    var alternatives: [Range<Int>] = []
    var parts: [Part] = []
    var text: [UInt8] = []
    /// Where in `text` the names on the way to fields are.
    var names: [Range<Int>] = []

    /// The names on the way to a field.
    func path(_ part: Part) -> [String] {
      names[part.range].map { String(decoding: text[$0], as: UTF8.self) }
    }
  }

  /// What it was made of.
  package let source: String
  private let form: Form
  /// The category of its names; nil when the text before its fields does not tell.
  package let category: Category?

  package init(_ source: String) {
    self.source = source
    form = Form(source)
    category = form.category
  }

  /// The fields it is made of, for error messages.
  package var fields: [String] {
    form.parts.filter { $0.kind == .field }.map { form.path($0).joined(separator: ".") }
  }

  /// Whether a member of the payload has a part in the name.
  package func mentions(_ member: String) -> Bool {
    form.mentions(member)
  }

  /// The name that the payload and run id give.
  package func name(_ payload: Payload, runID: ULID?) -> Resolution {
    for index in form.alternatives.indices {
      guard let bytes = form.fill(form.alternatives[index], payload, runID: runID) else { continue }
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
}

extension Template.Form {
  fileprivate func mentions(_ member: String) -> Bool {
    let (parts, text, names) = (parts.span, unsafe text.span.bytes, names.span)
    for index in parts.indices where parts[index].kind == .field {
      let name = names[parts[index].range.lowerBound]
      if Name.areEqual(text.extracting(name), unsafe member.utf8.span.bytes) { return true }
    }
    return false
  }

  /// The text of an alternative; nil when one of its fields is missing.
  ///
  /// By borrowed bytes: two threads that count the owners of what they share wait for each other.
  fileprivate func fill(
    _ alternative: Range<Int>, _ payload: Payload, runID: ULID?
  ) -> [UInt8]? {
    let (parts, text, names) = (parts.span, text.span, names.span)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    for index in alternative {
      let part = parts[index]
      switch part.kind {
      case .text: bytes.append(text.extracting(part.range))
      case .run:
        guard let runID else { return nil }
        bytes.append(text: runID)
      case .field:
        let path = names.extracting(part.range)
        guard payload.appendText(path, of: text, to: &bytes) else { return nil }
      }
    }
    return bytes
  }
}

extension Template.Form {
  fileprivate init(_ source: String) {
    var start = 0
    var piece: [UInt8] = []
    for byte in source.utf8 {
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "|"):
        add(text: piece)
        piece.removeAll(keepingCapacity: true)
        guard byte == UInt8(ascii: "|") else { continue }
        alternatives.append(start..<parts.count)
        start = parts.count
      case UInt8(ascii: "}"):
        add(field: piece)
        piece.removeAll(keepingCapacity: true)
      default: piece.append(byte)
      }
    }
    add(text: piece)
    alternatives.append(start..<parts.count)
  }

  private mutating func add(text piece: [UInt8]) {
    guard !piece.isEmpty else { return }
    parts.append(Template.Part(kind: .text, range: text.count..<text.count + piece.count))
    text += piece
  }

  /// What stands between braces: `@run_id`, or the names on the way to a field.
  private mutating func add(field piece: [UInt8]) {
    guard !piece.elementsEqual("@run_id".utf8) else {
      parts.append(Template.Part(kind: .run, range: 0..<0))
      return
    }
    let start = names.count
    var nameStart = text.count
    for byte in piece {
      if byte == UInt8(ascii: ".") {
        names.append(nameStart..<text.count)
        nameStart = text.count
      } else {
        text.append(byte)
      }
    }
    names.append(nameStart..<text.count)
    parts.append(Template.Part(kind: .field, range: start..<names.count))
  }

  /// The category that the text in front tells.
  fileprivate var category: Category? {
    guard alternatives.count == 1, let first = parts.first, first.kind == .text else { return nil }
    let front = Array(text[first.range])
    return front.contains(0x2D) ? Category(of: Name(stored: front)) : nil
  }
}

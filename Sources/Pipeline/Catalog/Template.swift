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
    form = Form(source)
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
    let start = path.count
    path.append("")
    for byte in piece {
      if byte == UInt8(ascii: ".") {
        path.append("")
      } else {
        path[path.count - 1].unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    parts.append(Template.Part(kind: .field, range: start..<path.count))
  }

  /// The category that the text in front tells.
  fileprivate var category: Category? {
    guard alternatives.count == 1, let first = parts.first, first.kind == .text else { return nil }
    let front = Array(text[first.range])
    return front.contains(0x2D) ? Category(of: Name(stored: front)) : nil
  }
}

package import Bytes
package import Events

/// A name made from a payload: `patch-{artifact.patch_id}`, `cost-{@run_id}|cost-log`.
///
/// Alternatives are separated by `|`; the first whose fields are all there is taken, and an empty
/// one stands for "no name".
package struct Template: Hashable, Sendable {
  enum Segment: Hashable, Sendable {
    case text([UInt8])
    case field([String])
    case run
  }

  private let alternatives: [[Segment]]

  package init(_ source: String) {
    var alternatives: [[Segment]] = []
    var segments: [Segment] = []
    var text: [UInt8] = []
    for byte in source.utf8 {
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "|"):
        if !text.isEmpty { segments.append(.text(text)) }
        text.removeAll(keepingCapacity: true)
        guard byte == UInt8(ascii: "|") else { continue }
        alternatives.append(segments)
        segments = []
      case UInt8(ascii: "}"):
        segments.append(Self.field(text))
        text.removeAll(keepingCapacity: true)
      default: text.append(byte)
      }
    }
    if !text.isEmpty { segments.append(.text(text)) }
    alternatives.append(segments)
    self.alternatives = alternatives
  }

  /// What stands between braces: `@run_id`, or the names on the way to a field.
  private static func field(_ path: [UInt8]) -> Segment {
    if path.elementsEqual("@run_id".utf8) { return .run }
    var names = [""]
    for byte in path {
      if byte == UInt8(ascii: ".") {
        names.append("")
      } else {
        names[names.count - 1].unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return .field(names)
  }

  /// The fields it is made of, for error messages.
  package var fields: [String] {
    alternatives.flatMap { $0 }.compactMap {
      if case .field(let path) = $0 { path.joined(separator: ".") } else { nil }
    }
  }

  /// The name that the payload and run id give.
  package func name(_ payload: Payload, runID: ULID?) -> Resolution {
    for alternative in alternatives {
      guard let bytes = Self.fill(alternative, payload, runID: runID) else { continue }
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

  private static func fill(
    _ segments: [Segment], _ payload: Payload, runID: ULID?
  ) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    for segment in segments {
      switch segment {
      case .text(let text): bytes += text
      case .run:
        guard let runID else { return nil }
        bytes.append(text: runID)
      case .field(let path):
        guard payload.appendText(path, to: &bytes) else { return nil }
      }
    }
    return bytes
  }
}

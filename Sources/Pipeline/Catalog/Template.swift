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
    alternatives = source.split(separator: "|", omittingEmptySubsequences: false)
      .map { Self.segments($0) }
  }

  private static func segments(_ source: Substring) -> [Segment] {
    var segments: [Segment] = []
    var rest = source
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { segments.append(.text(Array(rest[..<open].utf8))) }
      let close = rest[open...].firstIndex(of: "}") ?? rest.index(before: rest.endIndex)
      let path = rest[rest.index(after: open)..<close]
      segments.append(
        path == "@run_id" ? .run : .field(path.split(separator: ".").map(String.init)))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { segments.append(.text(Array(rest.utf8))) }
    return segments
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

internal import Bytes
internal import Events
internal import JSON
internal import Secrets

/// Which strings of an event are secrets.
package enum RedactionScope: Hashable, Sendable {
  /// Those at these JSON pointers, whole.
  case pointers([String])
  /// What the rules find.
  case findings
}

/// A payload with markers where its secrets were.
struct RedactedPayload {
  var bytes: [UInt8]
  var masks: [Redaction.Mask] = []
  var secrets: [[UInt8]] = []

  /// Nil when there is nothing to take out, or no more.
  init?(
    _ document: JSONDocument, _ scope: RedactionScope, _ masker: Masker
  ) throws(LogError) {
    bytes = []
    let changed =
      switch scope {
      case .pointers(let pointers): try take(pointers, document, masker)
      case .findings: try takeFindings(document, masker)
      }
    guard let changed else { return nil }
    bytes = changed
  }

  private mutating func take(
    _ pointers: [String], _ document: JSONDocument, _ masker: Masker
  ) throws(LogError) -> [UInt8]? {
    var missing = Set(pointers.map { JSONDocument.steps(of: $0) })
    var taken = self
    let changed = document.replacingStrings { text, content in
      guard !text.isKey, document.kind(text.node) == .string else { return nil }
      let pointer = document.pointer(to: text.node)
      guard missing.remove(JSONDocument.steps(of: pointer)) != nil else { return nil }
      let name = text.name.flatMap { document.stringBytes($0) }
      guard let marker = masker.marker(for: content, memberName: name) else { return nil }
      taken.masks.append(Redaction.Mask(rule: marker.rule, pointer: pointer))
      taken.secrets.append(content)
      return marker.bytes
    }
    self = taken
    if let pointer = pointers.first(where: { missing.contains(JSONDocument.steps(of: $0)) }) {
      throw LogError(
        .badInput, "the payload has no string there", pointer: pointer,
        hint: "Only strings can be redacted; `uetlog show` shows the payload")
    }
    return changed
  }

  private mutating func takeFindings(
    _ document: JSONDocument, _ masker: Masker
  ) throws(LogError) -> [UInt8]? {
    var taken = self
    var refusal: LogError?
    let changed = document.replacingStrings { text, content in
      let name = text.name.flatMap { document.stringBytes($0) }
      let findings = masker.scanner.findings(in: content, memberName: name)
      guard let first = findings.first else { return nil }
      guard !text.isKey, document.kind(text.node) == .string else {
        refusal =
          refusal
          ?? LogError(
            .secret, "the rule \(first.rule) found a secret where no marker can stand",
            pointer: SecretGuard.pointer(to: text, in: document),
            hint: "Nothing was changed: a name or a number can't be masked. Revoke the secret")
        return nil
      }
      let pointer = masker.scanner.erasing(document.pointer(to: text.node))
      for finding in findings {
        taken.masks.append(Redaction.Mask(rule: finding.rule, pointer: pointer))
        taken.secrets.append(Array(content[finding.range]))
      }
      var notes: [MaskNote] = []
      return masker.mask(content, memberName: name, pointer: pointer, notes: &notes)
    }
    self = taken
    if let refusal { throw refusal }
    return changed
  }
}

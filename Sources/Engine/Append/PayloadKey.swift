internal import Bytes
package import Events
internal import Pipeline

/// A key that follows from an event's payload, whoever sends it and whatever key they give.
package struct PayloadKey: Hashable, Sendable {
  package let key: DedupeKey
  let kind: Kind

  /// What it means that another event has the key.
  enum Kind: Hashable, Sendable {
    /// The field names one event: with other content it is refused.
    case identity(field: String)
    /// The same answer to the same request: the first receipt, whatever else is new.
    case answer
    /// The same content, from whatever request: later events say so. Only the first has the key.
    case content
  }
}

extension Preparer {
  /// The keys that a payload has by itself.
  func payloadKeys(_ definition: EventDefinition, _ payload: Payload) -> [PayloadKey] {
    var keys: [PayloadKey] = []
    if let field = definition.uniqueField, let value = payload.text(field) {
      keys.append(
        PayloadKey(
          key: payloadKey([definition.name, field, value]), kind: .identity(field: field)))
    }
    if definition.type == .patch_created, let diff = payload.text(["artifact", "diff_text"]) {
      // Who puts a quarantined patch up again may take the very same content, once.
      if let replaced = payload.text(["relations", "replaces_patch_id"]) {
        keys.append(
          PayloadKey(key: payloadKey([definition.name, "again", replaced, diff]), kind: .answer))
      } else if let restored = payload.text(["relations", "rollback_of_patch_id"]) {
        // What takes a patch back may fail and be tried again, with the very same content: its id
        // tells the attempts apart.
        keys.append(
          PayloadKey(
            key: payloadKey([
              definition.name, "back", restored, payload.text(["artifact", "patch_id"]) ?? "", diff,
            ]), kind: .answer))
      } else if let request = payload.text(["artifact", "origin", "execution_request_id"]) {
        keys.append(
          PayloadKey(key: payloadKey([definition.name, "answer", request, diff]), kind: .answer))
      }
      keys.append(
        PayloadKey(key: payloadKey([definition.name, "content", diff]), kind: .content))
    }
    return keys
  }

  /// A digest of texts, each with an end of its own.
  private func payloadKey(_ texts: [String]) -> DedupeKey {
    var hasher = Hasher256()
    hasher.update(identity.secret)
    for text in texts {
      hasher.update(text: text)
      hasher.update(0)
    }
    let digest = hasher.finalize().prefix128
    return .payload(
      high: UInt64(truncatingIfNeeded: digest >> 64), low: UInt64(truncatingIfNeeded: digest))
  }
}

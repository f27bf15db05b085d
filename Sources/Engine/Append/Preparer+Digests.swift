package import Bytes
package import Events
internal import Pipeline

extension Preparer {
  /// A keyed digest that two drafts share exactly when they have the same content.
  func contentDigest(_ type: String, _ stream: Name, _ payload: ArraySlice<UInt8>) -> UInt128 {
    var hasher = Hasher256()
    hasher.update(identity.secret)
    hasher.update(text: type)
    hasher.update(0)
    hasher.update(stream.bytes)
    hasher.update(0)
    hasher.update(unsafe payload.span.bytes)
    return hasher.finalize().prefix128
  }

  /// The digests that a stored event's content may have been offered under.
  func contents(of envelope: Envelope, _ payload: [UInt8]) -> [UInt128] {
    let stream = envelope.offeredStream
    return Self.offers(of: payload, EventType(named: envelope.type)).map {
      contentDigest(envelope.type, stream, $0[...])
    }
  }

  /// Where a caller's key is found: unique within source and type.
  func scopedKey(_ key: String, _ envelope: Envelope) -> DedupeKey {
    var hasher = Hasher256()
    hasher.update(identity.secret)
    hasher.update(text: envelope.source)
    hasher.update(0)
    hasher.update(text: envelope.type)
    hasher.update(0)
    hasher.update(text: key)
    let digest = hasher.finalize().prefix128
    return .scoped(
      high: UInt64(truncatingIfNeeded: digest >> 64), low: UInt64(truncatingIfNeeded: digest))
  }

  func checkSizes(_ draft: Draft) throws(LogError) {
    try check("key", draft.key, Limits.keyByteCount)
    try check("source", draft.source, Limits.sourceByteCount)
    try check("correlation_id", draft.correlationID, Limits.keyByteCount)
    guard draft.labels.count <= Limits.labelCount else {
      throw LogError(
        .badInput, "too many labels", expected: "at most \(Limits.labelCount)",
        actual: "\(draft.labels.count)", pointer: "/labels")
    }
    for label in draft.labels {
      try check("label", label.key, Limits.labelByteCount)
      try check("label", label.value, Limits.labelByteCount)
    }
  }

  func check(_ name: String, _ text: String?, _ byteCountMax: Int) throws(LogError) {
    guard let text else { return }
    guard text.utf8.count <= byteCountMax else {
      throw LogError(
        .badInput, "\(name) is too long", expected: "at most \(byteCountMax) bytes",
        actual: "\(text.utf8.count)", pointer: "/\(name)")
    }
    guard Self.isPlain(text.utf8.span) else {
      throw LogError(.badInput, "\(name) has control characters", pointer: "/\(name)")
    }
  }

  private static func isPlain(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where text[index] < 0x20 || text[index] == 0x7F { return false }
    return true
  }
}

extension Hasher256 {
  mutating func update(_ salt: Salt) {
    let words = [salt.high.littleEndian, salt.low.littleEndian] as InlineArray<2, UInt64>
    update(unsafe words.span.bytes)
  }

  mutating func update(text: String) { update(unsafe text.utf8.span.bytes) }
}

extension Envelope {
  /// The stream that the event was prepared for: a reversal gets its target's when that is known.
  var offeredStream: Name {
    type == EventType.event_reversed.name ? Name(stored: Array("log".utf8)) : stream
  }
}

extension Salt {
  package var bytes: [UInt8] {
    var out: [UInt8] = []
    out.append(self)
    return out
  }

  /// SHA-256(0x02 ‖ salt ‖ payload).
  package func commitment(to payload: ArraySlice<UInt8>) -> Digest {
    var front = InlineArray<17, UInt8>(repeating: 0x02)
    for place in 0..<8 {
      front[1 + place] = UInt8(truncatingIfNeeded: high >> UInt64(8 * place))
      front[9 + place] = UInt8(truncatingIfNeeded: low >> UInt64(8 * place))
    }
    var hasher = Hasher256()
    hasher.update(unsafe front.span.bytes)
    hasher.update(unsafe payload.span.bytes)
    return hasher.finalize()
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ salt: Salt) {
    append(littleEndian: salt.high)
    append(littleEndian: salt.low)
  }
}

/// The candidate with the fewest edits to `word`, if it is close enough to be what was meant.
package func nearest(to word: String, among candidates: [String]) -> String? {
  let wanted = Array(word.utf8.prefix(64))
  let scored = candidates.map { ($0, editDistance(wanted, Array($0.utf8))) }
  guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(2, wanted.count / 2)
  else { return nil }
  return best.0
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var previous = Array(0...b.count)
  for (row, byte) in a.enumerated() {
    var current = [row + 1]
    for (column, other) in b.enumerated() {
      current.append(
        min(
          previous[column] + (byte == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
      )
    }
    previous = current
  }
  return previous[b.count]
}

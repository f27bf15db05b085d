internal import Bytes
internal import Events
internal import Pipeline

extension Preparer {
  /// Prepares an event that the log appends because of another: same run and correlation, caused
  /// by it, with an id that follows from it, so that a retry can't append it twice.
  mutating func prepare(
    _ reaction: Reaction, of cause: Envelope, ordinal: Int
  ) throws(LogError) -> PreparedDraft {
    guard let payload = Payload(reaction.payload) else {
      throw LogError(.system, "the reaction \(reaction.type.name) has no valid payload")
    }
    var draft = Draft(type: reaction.type.name, payload: payload)
    draft.eventID = cause.reactionID(ordinal)
    draft.runID = cause.runID
    draft.source = "uetlog"
    draft.correlationID = cause.correlationID
    draft.causationID = cause.eventID
    // It happens when its cause does: so an export of both imports as it is.
    draft.time = cause.time
    draft.flags = .reaction
    draft.isByLog = true
    return try prepare(draft)
  }
}

extension Envelope {
  /// The id of the `ordinal`th reaction to this event.
  fileprivate func reactionID(_ ordinal: Int) -> ULID {
    eventID.consequence("uetlog/reaction/v1", Array(String(ordinal).utf8))
  }
}

extension ULID {
  /// The id of an event that the log appends because of the one with this id: it follows from that.
  func consequence(_ kind: String, _ which: [UInt8] = []) -> ULID {
    var hasher = Hasher256()
    hasher.update(Array(kind.utf8) + bytes)
    hasher.update(which)
    let digest = hasher.finalize().bytes
    let random = digest.prefix(10).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    return ULID(
      milliseconds: milliseconds,
      random: (UInt16(truncatingIfNeeded: random >> 64), UInt64(truncatingIfNeeded: random)))
  }
}

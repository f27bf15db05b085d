internal import Bytes
internal import Events
internal import JSON
internal import Pipeline

/// A member that the log puts in front of a payload, because only it knows it.
struct PayloadMember {
  let name: String
  /// JSON.
  let value: [UInt8]

  init(_ name: String, text: String) {
    var writer = JSONWriter()
    writer.string(text)
    self.name = name
    value = writer.bytes
  }

  init(_ name: String, integer: Int64) {
    self.name = name
    value = Array(String(integer).utf8)
  }

  /// The members that the log may have put in front of an event of a type.
  static func names(of type: EventType?) -> [String] {
    switch type {
    case .patch_created: ["ledger_id", "same_content_as"]
    case .cost_reserved: ["estimate_micro_usd"] + Scopes.fields
    case .cost_charged: Scopes.fields
    case .gate_passed: ["gate_type"]
    default: []
    }
  }
}

extension Preparer {
  /// A payload with members in front of those that it has.
  static func prepend(
    _ members: [PayloadMember], to bytes: ArraySlice<UInt8>
  ) throws(LogError) -> (Payload, ArraySlice<UInt8>) {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + 64 * members.count)
    out.append(UInt8(ascii: "{"))
    for member in members {
      if out.count > 1 { out.append(UInt8(ascii: ",")) }
      out += "\"\(member.name)\":".utf8
      out += member.value
    }
    if bytes.count > 2, out.count > 1 { out.append(UInt8(ascii: ",")) }
    out += bytes.dropFirst()
    guard let payload = Payload(out) else {
      throw LogError(.system, "what the log adds does not fit into the payload")
    }
    return (payload, out[...])
  }

  /// A draft with further members in front of its payload.
  func adding(_ members: [PayloadMember], to draft: PreparedDraft) throws(LogError) -> PreparedDraft
  {
    let (payload, bytes) = try Self.prepend(members, to: draft.payloadBytes)
    let addresses = try draft.addresses.adding(
      members, draft.definition, payload, stream: draft.envelope.stream,
      runID: draft.envelope.runID)
    return draft.holding(bytes, payload, addresses)
  }

  /// The payload as it may have been offered: without the first members, one less each time, as
  /// long as they are such that the log adds.
  static func offers(of payload: [UInt8], _ type: EventType?) -> [[UInt8]] {
    let names = PayloadMember.names(of: type)
    guard !names.isEmpty, let document = try? JSONDocument(parsing: payload) else {
      return [payload]
    }
    var members: [(name: String?, tokens: [UInt8])] = []
    document.forEachMember(document.root) { key, value in
      let tokens = document.compacted(key) + [UInt8(ascii: ":")] + document.compacted(value)
      members.append((document.string(key), tokens))
    }
    var offers = [payload]
    while let first = members.first, let name = first.name, names.contains(name) {
      members.removeFirst()
      let rest = members.map(\.tokens).joined(separator: [UInt8(ascii: ",")])
      offers.append([UInt8(ascii: "{")] + rest + [UInt8(ascii: "}")])
    }
    return offers
  }
}

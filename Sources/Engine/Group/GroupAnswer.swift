package import Bytes
internal import Events
internal import Merkle

/// What became of another process's drafts, as bytes; `Format.md` has the layout.
package enum GroupAnswer {
  private static let depthMax = 16

  /// - Parameter ids: those of the drafts.
  package static func encoded(
    _ outcomes: some Collection<AppendUnit.Outcome>, of ids: [ULID]
  ) -> [UInt8] {
    var out: [UInt8] = []
    out.append(littleEndian: UInt16(clamping: outcomes.count))
    for (id, outcome) in zip(ids, outcomes) {
      out.append(id)
      switch outcome {
      case .success(let receipt):
        out.append(0)
        append(receipt, to: &out)
      case .failure(let error):
        out.append(1)
        append(error, to: &out)
      }
    }
    return out
  }

  /// The outcomes of drafts; nil when the bytes are no answer to these.
  package static func outcomes(
    _ bytes: [UInt8], of drafts: [PreparedDraft]
  ) -> [AppendUnit.Outcome]? {
    var reader = ByteReader(bytes.rawSpan)
    guard reader.integer(UInt16.self) == UInt16(exactly: drafts.count) else { return nil }
    var outcomes: [AppendUnit.Outcome] = []
    for draft in drafts {
      let id = draft.envelope.eventID
      guard reader.ulid() == id else { return nil }
      switch reader.integer(UInt8.self) {
      case 0:
        guard let receipt = receipt(&reader, depth: 0),
          receipt.isDuplicate || receipt.eventID == id
        else { return nil }
        outcomes.append(.success(receipt))
      case 1:
        guard let error = error(&reader) else { return nil }
        outcomes.append(.failure(error.at(line: draft.line)))
      default: return nil
      }
    }
    return !reader.failed && reader.remaining == 0 ? outcomes : nil
  }

  private static func append(_ receipt: Receipt, to out: inout [UInt8]) {
    out.append(littleEndian: receipt.position.rawValue)
    out.append(receipt.eventID)
    out.append(shortText: receipt.stream.bytes)
    out.append(littleEndian: receipt.revision)
    out += receipt.leaf.bytes
    out.append(receipt.isDuplicate ? 1 : 0)
    out.append(shortText: receipt.type)
    out.append(littleEndian: receipt.flags.rawValue)
    out.append(littleEndian: UInt16(clamping: receipt.reactions.count))
    for reaction in receipt.reactions.prefix(Int(UInt16.max)) { append(reaction, to: &out) }
  }

  private static func receipt(_ reader: inout ByteReader, depth: Int) -> Receipt? {
    let position = Position(reader.integer(UInt64.self))
    let eventID = reader.ulid()
    // Receipts are printed: a name of other bytes would make no JSON.
    let stream = String(validating: reader.shortText(), as: UTF8.self).flatMap { Name($0) }
    let revision = reader.integer(UInt64.self)
    let leaf = Digest(reader.array(Digest.byteCount))
    let isDuplicate = reader.integer(UInt8.self) > 0
    let type = String(decoding: reader.shortText(), as: UTF8.self)
    let flags = EventFlags(rawValue: reader.integer(UInt16.self))
    let count = Int(reader.integer(UInt16.self))
    guard !reader.failed, depth < depthMax, let stream, let leaf, position != .none else {
      return nil
    }
    var receipt = Receipt(
      position: position, eventID: eventID, stream: stream, revision: revision, leaf: leaf,
      isDuplicate: isDuplicate, type: type, flags: flags)
    for _ in 0..<count {
      guard let reaction = Self.receipt(&reader, depth: depth + 1) else { return nil }
      receipt.reactions.append(reaction)
    }
    return receipt
  }

  private static func append(_ error: LogError, to out: inout [UInt8]) {
    append(error.code.rawValue, to: &out)
    append(error.message, to: &out)
    append([error.expected, error.actual, error.pointer, error.hint], to: &out)
    append(error.allowed, to: &out)
  }

  private static func error(_ reader: inout ByteReader) -> LogError? {
    let code = LogError.Code(rawValue: text(&reader))
    let message = text(&reader)
    var optional: [String?] = []
    for _ in 0..<4 {
      let isThere = reader.integer(UInt8.self) > 0
      optional.append(isThere ? text(&reader) : nil)
    }
    var allowed: [String] = []
    for _ in 0..<Int(reader.integer(UInt16.self)) where !reader.failed {
      allowed.append(text(&reader))
    }
    guard !reader.failed, let code, code.isRefusal else { return nil }
    return LogError(
      code, message, expected: optional[0], actual: optional[1], allowed: allowed,
      pointer: optional[2], hint: optional[3])
  }

  private static func append(_ text: String, to out: inout [UInt8]) {
    let bytes = Array(text.utf8)
    out.append(littleEndian: UInt32(clamping: bytes.count))
    out += bytes
  }

  private static func append(_ texts: [String?], to out: inout [UInt8]) {
    for text in texts {
      out.append(text == nil ? 0 : 1)
      if let text { append(text, to: &out) }
    }
  }

  private static func append(_ texts: [String], to out: inout [UInt8]) {
    out.append(littleEndian: UInt16(clamping: texts.count))
    for text in texts.prefix(Int(UInt16.max)) { append(text, to: &out) }
  }

  private static func text(_ reader: inout ByteReader) -> String {
    String(decoding: reader.array(Int(reader.integer(UInt32.self))), as: UTF8.self)
  }
}

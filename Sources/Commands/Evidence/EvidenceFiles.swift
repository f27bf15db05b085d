internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Evidence
internal import JSON
internal import Pipeline

extension LogError {
  /// A text that is no evidence is bad input; one that was changed, or that nobody who is trusted
  /// has signed, is a refusal for safety.
  init(_ error: EvidenceError, in file: String) {
    let message = "\(file): \(error.message)"
    switch error.code {
    case .malformed: self.init(.badInput, message)
    case .unsigned:
      self.init(
        .unsafe, message, hint: "`uetlog key show` prints the verifier key where it was signed")
    case .refuted: self.init(.unsafe, message)
    }
  }
}

/// The keys that a command trusts.
struct TrustedKeys {
  let keys: [VerifierKey]
  /// Whether they were given on the command line; else they are this user's own.
  let areGiven: Bool

  /// - Parameter texts: verifier keys, or files that hold one.
  init(_ texts: [String], _ here: Surroundings) throws(LogError) {
    areGiven = !texts.isEmpty
    var keys: [VerifierKey] = []
    for text in texts { keys.append(try Self.key(text, here)) }
    if texts.isEmpty, let store = try? KeyStore(here) {
      for name in store.names {
        if let key = try? store.key(name) { keys.append(key.verifier) }
      }
    }
    self.keys = keys
  }

  private static func key(_ text: String, _ here: Surroundings) throws(LogError) -> VerifierKey {
    if let key = try? VerifierKey(text) { return key }
    guard let bytes = try Files.contents(here.absolute(text), byteCountMax: 1024) else {
      throw LogError(
        .usage, "--key \"\(text)\" is neither a verifier key nor a file with one",
        expected: "name+id+key, as `uetlog key show` prints it")
    }
    let line = String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self)
    do throws(EvidenceError) { return try VerifierKey(line) } catch {
      throw LogError(.usage, "--key \(text): \(error.message)")
    }
  }

  /// Checks a note's signatures; nil when no key is at hand for any, which is an error only when
  /// keys were given.
  func signers(of note: SignedNote, in file: String) throws(LogError) -> SignedNote.Signers? {
    do throws(EvidenceError) { return try note.verify(by: keys) } catch {
      if error.code == .unsigned, !areGiven { return nil }
      throw LogError(error, in: file)
    }
  }

  /// The same where an unchecked signature proves nothing.
  func requiredSigners(
    of checkpoint: SignedCheckpoint, in file: String
  ) throws(LogError) -> SignedNote.Signers {
    guard let signers = try signers(of: checkpoint.note, in: file) else {
      let names = checkpoint.note.signatures.map(\.signer).joined(separator: ", ")
      throw LogError(
        .usage,
        "\(file) is signed by \(names), whose key is not at hand",
        hint: "Give the verifier key: --key VKEY")
    }
    // A key that is called like a log speaks for that log alone.
    let origin = checkpoint.checkpoint.origin
    for key in signers.verified where key.name.text.hasPrefix("uetlog/") && key.name.text != origin
    {
      throw LogError(
        .unsafe, "\(file): the key \(key.name) signed for another log, \(origin)")
    }
    return signers
  }
}

/// Reads what was kept of a log.
enum EvidenceFiles {
  private static let receiptsByteCountMax = 1 << 30

  static func contents(
    _ path: String, byteCountMax: Int, _ here: Surroundings
  ) throws(LogError) -> [UInt8] {
    if let bytes = try Files.contents(here.absolute(path), byteCountMax: byteCountMax) {
      return bytes
    }
    throw LogError(.notFound, "there is no file \(path)")
  }

  static func checkpoint(
    _ path: String, _ here: Surroundings
  ) throws(LogError) -> SignedCheckpoint {
    let bytes = try contents(path, byteCountMax: SignedNote.byteCountMax, here)
    do throws(EvidenceError) { return try SignedCheckpoint(parsing: bytes) } catch {
      throw LogError(error, in: path)
    }
  }

  /// Everything that `verify` compares a log with.
  static func evidence(
    checkpoints: [String], receipts: [String], keys: [String], _ here: Surroundings
  ) throws(LogError) -> OutsideEvidence {
    var evidence = OutsideEvidence()
    let trusted = try TrustedKeys(keys, here)
    evidence.keys = trusted.keys
    for path in checkpoints {
      let signed = try checkpoint(path, here)
      let signers = try trusted.signers(of: signed.note, in: path)
      evidence.checkpoints.append(
        OutsideEvidence.KnownCheckpoint(
          name: path, checkpoint: signed.checkpoint,
          signers: signers?.verified.map { "\($0.name)+\($0.idText)" } ?? []))
    }
    for path in receipts { evidence.receipts += try self.receipts(path, here) }
    return evidence
  }

  /// The receipts in a file, one JSON object a line, with those of reactions.
  static func receipts(
    _ path: String, _ here: Surroundings
  ) throws(LogError) -> [OutsideEvidence.KnownReceipt] {
    let bytes = try contents(path, byteCountMax: receiptsByteCountMax, here)
    var receipts: [OutsideEvidence.KnownReceipt] = []
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() where !line.isEmpty {
      guard let payload = Payload(Array(line)), read(payload, &receipts) else {
        var error = LogError(
          .badInput, "\(path) has a line that is no receipt",
          expected: "what `uetlog append --json` or --receipt printed")
        error.line = number + 1
        throw error
      }
    }
    guard !receipts.isEmpty else { throw LogError(.badInput, "\(path) has no receipts") }
    return receipts
  }

  private static func read(
    _ payload: Payload, _ receipts: inout [OutsideEvidence.KnownReceipt]
  ) -> Bool {
    guard let position = payload.integer("position"), position > 0,
      let eventID = payload.text("event_id").flatMap({ ULID($0) }),
      let leaf = payload.text("leaf").flatMap({ Digest(hex: Array($0.utf8)) }),
      payload.flag("dry_run") != true
    else { return false }
    receipts.append(
      OutsideEvidence.KnownReceipt(
        position: Position(UInt64(position)), eventID: eventID, leaf: leaf,
        epoch: UInt32(clamping: payload.integer("epoch") ?? 1)))
    guard let reactions = payload.child("reactions") else { return true }
    var areReceipts = true
    reactions.document.forEachElement(reactions.node) { element in
      if areReceipts { areReceipts = read(Payload(reactions.document, element), &receipts) }
    }
    return areReceipts
  }
}

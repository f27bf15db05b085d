/// Record format version 1, byte by byte: see `Format.md`.
///
/// Numbers are little-endian, identifiers and digests are in their own (big-endian) order.
enum EnvelopeLayout {
  static let version: UInt8 = 1

  static let version0 = 0  // u8
  static let severity = 1  // u8
  static let flags = 2  // u16
  static let byteCount = 4  // u16, of the whole envelope
  static let presence = 6  // u8, which optional fields follow
  static let verdict = 7  // u8
  static let eventID = 8  // 16 bytes
  static let revision = 24  // u64
  static let previousInStream = 32  // u64
  static let previousInRun = 40  // u64
  static let time = 48  // i64 nanoseconds
  static let recordedAt = 56  // i64 nanoseconds
  static let schemaDigest = 64  // u64
  static let settingsDigest = 72  // u64
  static let payloadByteCount = 80  // u32
  static let commitment = 84  // 32 bytes
  static let texts = 116  // type, stream, source: each a u8 length and its bytes
  // Then, each only when its presence bit is set and in this order: run id (16), causation id
  // (16), reverses (16), correlation id, key (u8 length and bytes), labels (u8 count, then
  // pairs of short texts), masks (u16 how many, u8 count of notes, then of each the rule and the
  // pointer, short texts, u32 start, u8 length of the marker, u8 length class of the secret).
}

/// Which optional fields an envelope has.
struct Presence: OptionSet {
  let rawValue: UInt8

  static let run = Presence(rawValue: 1)
  static let causation = Presence(rawValue: 2)
  static let reverses = Presence(rawValue: 4)
  static let correlation = Presence(rawValue: 8)
  static let key = Presence(rawValue: 16)
  static let labels = Presence(rawValue: 32)
  static let masks = Presence(rawValue: 64)

  static let all: Presence = [.run, .causation, .reverses, .correlation, .key, .labels, .masks]
}

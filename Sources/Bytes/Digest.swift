internal import CSHA256

/// The 32 bytes of a SHA-256 digest.
package struct Digest: Hashable, Sendable {
  /// How many bytes a digest has.
  package static let byteCount = 32

  /// The bytes as they lie in memory.
  fileprivate var words: InlineArray<4, UInt64>

  /// All zeros: the digest of nothing in particular.
  package init() { words = InlineArray(repeating: 0) }

  /// Copies exactly 32 bytes, or returns nil.
  package init?(_ bytes: RawSpan) {
    guard bytes.byteCount == Self.byteCount else { return nil }
    words = InlineArray { word in
      unsafe bytes.unsafeLoadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
    }
  }

  /// Copies exactly 32 bytes, or returns nil.
  package init?(_ bytes: some Collection<UInt8>) {
    let copy = Array(bytes)
    unsafe self.init(copy.span.bytes)
  }

  /// The bytes, borrowed.
  package var span: RawSpan {
    @_lifetime(borrow self)
    borrowing get { unsafe words.span.bytes }
  }

  /// The bytes, copied.
  package var bytes: [UInt8] { unsafe withUnsafeBytes { bytes in unsafe Array(bytes) } }

  /// Runs `body` with the bytes.
  package borrowing func withUnsafeBytes<Result: ~Copyable, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe span.withUnsafeBytes(body)
  }

  package static func == (one: Digest, other: Digest) -> Bool {
    one.words[0] == other.words[0] && one.words[1] == other.words[1]
      && one.words[2] == other.words[2] && one.words[3] == other.words[3]
  }

  package func hash(into hasher: inout Hasher) {
    for word in words.indices { hasher.combine(words[word]) }
  }
}

extension Digest {
  /// Parses 64 hexadecimal digits; nil for anything else.
  package init?(hex text: [UInt8]) {
    guard text.count == 2 * Self.byteCount else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    var high: UInt8?
    for character in text {
      let digit: UInt8
      switch character {
      case 0x30...0x39: digit = character - 0x30
      case 0x41...0x46: digit = character - 0x41 + 10
      case 0x61...0x66: digit = character - 0x61 + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    self.init(bytes)
  }
}

extension Digest: CustomStringConvertible {
  /// The bytes as 64 lower-case hexadecimal digits.
  package var description: String {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 - 10 + value }
    var text: [UInt8] = []
    text.reserveCapacity(2 * Self.byteCount)
    for byte in bytes {
      text.append(digit(byte >> 4))
      text.append(digit(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Computes a SHA-256 digest piece by piece.
///
/// By OpenSSL rather than swift-crypto: the latter's first digest makes the runtime search all
/// conformances of the program, which a process that lives for two milliseconds feels, and each
/// digest there is an object on the heap.
package struct Hasher256 {
  private var state = SHA256_CTX()

  // OpenSSL's functions return 1 always: there is nothing in them that could fail.
  package init() { unsafe SHA256_Init(&state) }

  /// Adds borrowed bytes.
  package mutating func update(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { bytes in
      _ = unsafe SHA256_Update(&state, bytes.baseAddress, bytes.count)
    }
  }

  /// Adds bytes.
  package mutating func update(_ bytes: [UInt8]) { unsafe update(bytes.span.bytes) }

  /// Adds one byte.
  package mutating func update(_ byte: UInt8) {
    unsafe withUnsafeBytes(of: byte) { bytes in
      _ = unsafe SHA256_Update(&state, bytes.baseAddress, bytes.count)
    }
  }

  /// Adds the bytes of another digest.
  package mutating func update(_ digest: Digest) { update(digest.span) }

  /// The digest of everything that was added.
  package consuming func finalize() -> Digest {
    var digest = Digest()
    unsafe withUnsafeMutableBytes(of: &digest.words) { bytes in
      _ = unsafe SHA256_Final(bytes.bindMemory(to: UInt8.self).baseAddress, &state)
    }
    return digest
  }
}

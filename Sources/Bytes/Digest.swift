internal import Crypto

package struct Digest: Hashable, Sendable, CustomStringConvertible {
  var words: InlineArray4 = InlineArray4()
  package init() {}
  package init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    words.bytes = Array(bytes)
  }
  package var bytes: [UInt8] { words.bytes }
  package var description: String { bytes.map { String($0, radix: 16) }.joined() }
}
struct InlineArray4: Hashable, Sendable { var bytes: [UInt8] = Array(repeating: 0, count: 32) }
package struct Hasher256 {
  private var state = SHA256()
  package init() {}
  package mutating func update(_ bytes: [UInt8]) { state.update(data: bytes) }
  package mutating func update(_ byte: UInt8) { state.update(data: [byte]) }
  package mutating func update(_ digest: Digest) { state.update(data: digest.bytes) }
  package func finalize() -> Digest { Digest(Array(state.finalize())) ?? Digest() }
}

extension Digest {
  package static func sha256(of bytes: [UInt8]) -> Digest { var h = Hasher256(); h.update(bytes); return h.finalize() }
  /// The first eight bytes as a number, big-endian.
  package var prefix64: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}

package import Bytes
package struct Frontier: Hashable, Sendable {
  package init() {}
  package var size: UInt64 { 0 }
  package var encoded: [UInt8] { [] }
  package init?(decoding bytes: [UInt8]) {}
  package var root: Digest { Digest() }
  package mutating func append(_ leaf: Digest) -> Digest? { nil }
}

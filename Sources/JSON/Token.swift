/// One value on the tape: where its bytes are and where its subtree ends.
///
/// Inlined into other modules, like what `JSONDocument` makes of it: schemas and payloads ask for
/// each value's kind and place several times.
@usableFromInline
struct Token: BitwiseCopyable, Sendable {
  @usableFromInline var start: UInt32
  // While a container is open: how much whitespace had been seen before it.
  @usableFromInline var end: UInt32
  // The tape index after the subtree. While a container is open: the container around it.
  @usableFromInline var next: UInt32
  @usableFromInline var meta: UInt32

  static let none = UInt32.max
  @usableFromInline static let null = Token(.null, start: 0, end: 0, next: 1)

  @inline(__always)
  init(_ kind: JSONKind, start: Int, end: Int, next: Int, marked: Bool = false) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
    self.next = UInt32(truncatingIfNeeded: next)
    meta = UInt32(kind.rawValue) | (marked ? 8 : 0)
  }

  @inlinable @inline(__always)
  var kind: JSONKind { JSONKind(rawValue: UInt8(truncatingIfNeeded: meta & 7)) ?? .null }

  /// A string with escapes, or a container with whitespace between its tokens.
  @inlinable @inline(__always)
  var marked: Bool {
    get { meta & 8 != 0 }
    set { meta = newValue ? meta | 8 : meta & ~8 }
  }

  /// Whether it is a container with whitespace between its tokens.
  @inline(__always)
  var isSpaced: Bool { marked && (kind == .array || kind == .object) }

  /// Members or elements.
  @inlinable @inline(__always)
  var count: Int {
    get { Int(meta >> 4) }
    set { meta = (meta & 15) | (UInt32(truncatingIfNeeded: newValue) << 4) }
  }

  @inlinable @inline(__always)
  var range: Range<Int> {
    let low = Int(start)
    return low..<max(low, Int(end))
  }
}

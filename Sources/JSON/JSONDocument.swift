/// A valid JSON document: its bytes as received and a flat tape of its values.
@usableFromInline package struct JSONDocument: Sendable {
  /// The bytes as received.
  @usableFromInline package private(set) var bytes: [UInt8]
  @usableFromInline var tape: [Token]

  /// The document `null`.
  package init() {
    bytes = Array("null".utf8)
    tape = [Token(.null, start: 0, end: 4, next: 1)]
  }

  /// Reads a document.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    self.bytes = []
    tape = []
    try parse(bytes)
  }

  /// Reads another document; after an error this is the document `null`.
  package mutating func parse(_ bytes: [UInt8]) throws(JSONError) {
    self.bytes = bytes
    guard bytes.count < JSONLimits.bytes else {
      throw reset(after: Fault(reason: .size, offset: 0))
    }
    var room = bytes.count < Self.shortByteCount ? Self.onStack : bytes.count / 7 + 8
    while true {
      switch room == Self.onStack ? scanOnStack() : scan(room: room) {
      case .done: return
      case .failed(let fault):
        throw reset(after: fault)
      case .tapeFull:
        // Every value has a byte of its own: a tape of that size can't be full.
        guard room <= bytes.count else { throw reset(after: Fault(reason: .size, offset: 0)) }
        room = max(Self.onStack + 1, min(room * 2, bytes.count + 1))
      }
    }
  }

  /// As many tokens as fit into the kilobyte that temporary allocations take from the stack.
  private static var onStack: Int { 64 }
  /// The values of a line that is shorter mostly are no more.
  private static var shortByteCount: Int { 640 }

  /// Scans onto the stack, so that the document keeps no more than it needs.
  private mutating func scanOnStack() -> Scanner.Outcome {
    unsafe withUnsafeTemporaryAllocation(of: Token.self, capacity: Self.onStack) { tokens in
      let outcome = Scanner.scan(bytes.span, tape: unsafe tokens.mutableSpan)
      tape = unsafe Array(tokens[..<outcome.used])
      return outcome
    }
  }

  /// Scans onto a tape of this size, whose room beyond what is written is never read.
  private mutating func scan(room: Int) -> Scanner.Outcome {
    var outcome = Scanner.Outcome.tapeFull
    tape = unsafe [Token](unsafeUninitializedCapacity: room) { tokens, count in
      let tape = unsafe UnsafeMutableBufferPointer(rebasing: tokens[..<room])
      outcome = Scanner.scan(bytes.span, tape: unsafe tape.mutableSpan)
      count = outcome.used
    }
    return outcome
  }

  private mutating func reset(after fault: Fault) -> JSONError {
    let error = JSONError(fault, in: bytes, pointer: pointer(to: fault))
    self = JSONDocument()
    return error
  }

  /// The whole document's value.
  package var root: JSONNode { JSONNode(0) }

  /// How many values the document has, keys included.
  package var nodeCount: Int { tape.count }

  @inlinable @inline(__always)
  func token(_ index: Int) -> Token { index < tape.count ? tape[index] : .null }

  /// A token of a document that is still being read.
  func openToken(_ index: Int) -> Token { tape[index] }

  /// What the value is.
  @inlinable @inline(__always)
  package func kind(_ n: JSONNode) -> JSONKind { token(n.index).kind }

  /// The value's bytes in `bytes`, as received.
  @inlinable @inline(__always)
  package func range(_ n: JSONNode) -> Range<Int> { token(n.index).range }

  /// Members or elements; 0 for scalars.
  @inlinable @inline(__always)
  package func count(_ n: JSONNode) -> Int { token(n.index).count }

  /// The first key or element; an object's children alternate key, value.
  @inlinable @inline(__always)
  package func firstChild(_ n: JSONNode) -> JSONNode? {
    token(n.index).count > 0 ? JSONNode(n.index + 1) : nil
  }

  /// The node after the whole subtree; it may equal the end of the tape.
  @inlinable @inline(__always)
  package func next(_ n: JSONNode) -> JSONNode {
    let token = token(n.index)
    return JSONNode(max(n.index + 1, Int(token.next)))
  }

  /// Calls `body` with each member of an object, in order.
  @inline(__always)
  package func forEachMember(_ n: JSONNode, _ body: (_ key: JSONNode, _ value: JSONNode) -> Void) {
    guard kind(n) == .object else { return }
    var key = n.index + 1
    for _ in 0..<count(n) {
      body(JSONNode(key), JSONNode(key + 1))
      key = next(JSONNode(key + 1)).index
    }
  }

  /// Calls `body` with each element of an array, in order.
  @inline(__always)
  package func forEachElement(_ n: JSONNode, _ body: (JSONNode) -> Void) {
    guard kind(n) == .array else { return }
    var element = JSONNode(n.index + 1)
    for _ in 0..<count(n) {
      body(element)
      element = next(element)
    }
  }
}

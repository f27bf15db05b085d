/// Writes the tape of one document in a single pass over its bytes.
///
/// Open containers form a list through their own tokens, so that nothing is allocated.
struct Scanner: ~Copyable, ~Escapable {
  enum Outcome {
    case done(used: Int)
    case tapeFull
    case failed(Fault)

    /// How many tokens were written and may be looked at.
    var used: Int {
      switch self {
      case .done(let used): used
      case .failed(let fault): (fault.lastToken ?? -1) + 1
      case .tapeFull: 0
      }
    }
  }

  let input: Span<UInt8>
  var tape: MutableSpan<Token>
  var at = 0
  var used = 0
  var fault: Fault?
  private var around = Token.none
  private var inObject = false
  private var depth = 0
  private var count = 0
  private var spaces = 0

  @_lifetime(copy input, copy tape)
  init(_ input: Span<UInt8>, tape: consuming MutableSpan<Token>) {
    self.input = input
    self.tape = tape
  }

  static func scan(_ input: Span<UInt8>, tape: consuming MutableSpan<Token>) -> Outcome {
    var scanner = Scanner(input, tape: tape)
    if scanner.document() { return .done(used: scanner.used) }
    guard var fault = scanner.fault else { return .tapeFull }
    fault.around = scanner.around == Token.none ? -1 : Int(scanner.around)
    fault.lastToken = scanner.used > 0 ? scanner.used - 1 : nil
    if fault.around >= 0 { scanner.tape[fault.around].count = scanner.count }
    return .failed(fault)
  }

  private mutating func document() -> Bool {
    repeat {
      skipSpace()
      guard value() else { return inChild() }
      guard between() else { return false }
    } while around != Token.none
    skipSpace()
    return at == input.count || fail(.end, at)
  }

  /// Closes what ends here and stops before the next value, or when the root has ended.
  private mutating func between() -> Bool {
    while around != Token.none {
      skipSpace()
      let byte = peek()
      if byte == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
        guard close() else { return false }
        continue
      }
      if count > 0 {
        guard byte == UInt8(ascii: ",") else {
          return fail(inObject ? .commaOrBrace : .commaOrBracket, at)
        }
        at &+= 1
        if inObject { skipSpace() }
      }
      guard inObject else { return true }
      return key()
    }
    return true
  }

  private mutating func key() -> Bool {
    guard peek() == UInt8(ascii: "\"") else { return fail(.key, at) }
    guard count < JSONLimits.keys else { return fail(.keys, at) }
    guard string() else { return false }
    skipSpace()
    guard peek() == UInt8(ascii: ":") else {
      _ = fail(.colon, at)
      return inChild()
    }
    at &+= 1
    return true
  }

  @inline(__always)
  private mutating func value() -> Bool {
    switch peek() {
    case UInt8(ascii: "\""):
      guard string() else { return false }
    case UInt8(ascii: "{"): return open(.object)
    case UInt8(ascii: "["): return open(.array)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      guard number() else { return false }
    case UInt8(ascii: "t"):
      guard literal(.bool, 0x6575_7274, 4) else { return false }
    case UInt8(ascii: "f"):
      at &+= 1
      guard literal(.bool, 0x6573_6C61, 4, skipped: 1) else { return false }
    case UInt8(ascii: "n"):
      guard literal(.null, 0x6C6C_756E, 4) else { return false }
    default: return fail(.value, at)
    }
    count &+= 1
    return true
  }

  private mutating func open(_ kind: JSONKind) -> Bool {
    guard depth < JSONLimits.depth else { return fail(.depth, at) }
    if around != Token.none { tape[Int(around)].count = count &+ 1 }
    let index = used
    guard push(Token(kind, start: at, end: spaces, next: Int(around))) else { return false }
    around = UInt32(truncatingIfNeeded: index)
    inObject = kind == .object
    depth &+= 1
    count = 0
    at &+= 1
    return true
  }

  private mutating func close() -> Bool {
    let index = Int(around)
    if inObject, count > 1, !keysAreUnique(of: index, count: count) { return false }
    at &+= 1
    let outer = tape[index].next
    let spaced = tape[index].end != UInt32(truncatingIfNeeded: spaces)
    tape[index].count = count
    tape[index].end = UInt32(truncatingIfNeeded: at)
    tape[index].next = UInt32(truncatingIfNeeded: used)
    tape[index].marked = spaced
    depth &-= 1
    around = outer
    guard outer != Token.none else { return true }
    count = tape[Int(outer)].count
    inObject = tape[Int(outer)].kind == .object
    return true
  }

  private mutating func literal(
    _ kind: JSONKind, _ word: UInt32, _ length: Int, skipped: Int = 0
  ) -> Bool {
    var found: UInt32 = 0
    for index in 0..<length where at &+ index < input.count {
      found |= UInt32(input[at &+ index]) << (UInt32(index) &* 8)
    }
    guard found == word else { return fail(.literal, at &- skipped) }
    at &+= length
    return push(Token(kind, start: at &- length &- skipped, end: at, next: used &+ 1))
  }

  /// The byte ahead; a NUL at the end, which no rule accepts.
  @inline(__always)
  func peek() -> UInt8 { at < input.count ? input[at] : 0 }

  @inline(__always)
  private mutating func skipSpace() {
    guard at < input.count, input[at] <= 0x20 else { return }
    let before = at
    while at < input.count {
      let byte = input[at]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      at &+= 1
    }
    spaces &+= at &- before
  }

  @inline(__always)
  mutating func push(_ token: Token) -> Bool {
    guard used < tape.count else { return false }
    tape[used] = token
    used &+= 1
    return true
  }

  mutating func fail(_ reason: Fault.Reason, _ offset: Int) -> Bool {
    fault = Fault(reason: reason, offset: offset)
    return false
  }

  private mutating func inChild() -> Bool {
    fault?.inChild = true
    return false
  }
}

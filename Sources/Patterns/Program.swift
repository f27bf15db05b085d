/// A nondeterministic automaton over classes of scalars.
struct Program: Sendable {
  enum Instruction: Sendable {
    case set(Int)
    case split(Int, Int)
    case jump(Int)
    case start, end, wordBoundary, noWordBoundary
    case match
  }

  private(set) var code: [Instruction] = []
  private(set) var sets: [ScalarSet] = []
  private(set) var usesBoundaries = false
  private var work = 0

  init(_ tree: Syntax) throws(PatternError) {
    try emit(tree)
    code.append(.match)
  }

  /// Whether a match can only begin at the start of the text.
  var isAnchored: Bool {
    if case .start = code[0] { return true }
    return false
  }

  private mutating func add(_ instruction: Instruction) throws(PatternError) {
    guard code.count < PatternLimits.instructions else { throw tooLarge }
    code.append(instruction)
  }

  private var tooLarge: PatternError {
    PatternError(
      kind: .tooLarge,
      message: "the pattern expands to more than \(PatternLimits.instructions) instructions",
      offset: 0)
  }

  private mutating func emit(_ tree: Syntax) throws(PatternError) {
    // Repeated emptiness adds no instruction, so the work is bounded on its own.
    work += 1
    guard work <= PatternLimits.instructions * 4 else { throw tooLarge }
    switch tree {
    case .set(let set):
      let known = sets.firstIndex(of: set)
      if known == nil { sets.append(set) }
      try add(.set(known ?? sets.count - 1))
    case .sequence(let parts):
      for part in parts { try emit(part) }
    case .choice(let branches): try emit(branches)
    case .repeated(let inner, let min, let max):
      for _ in 0..<min { try emit(inner) }
      guard let max else { return try emitStar(inner) }
      try emitOptional(inner, count: max - min)
    case .start: try add(.start)
    case .end: try add(.end)
    case .wordBoundary:
      usesBoundaries = true
      try add(.wordBoundary)
    case .noWordBoundary:
      usesBoundaries = true
      try add(.noWordBoundary)
    }
  }

  private mutating func emit(_ branches: [Syntax]) throws(PatternError) {
    var exits: [Int] = []
    for (index, branch) in branches.enumerated() {
      guard index + 1 < branches.count else {
        try emit(branch)
        break
      }
      let fork = code.count
      try add(.split(fork + 1, fork + 1))
      try emit(branch)
      exits.append(code.count)
      try add(.jump(0))
      code[fork] = .split(fork + 1, code.count)
    }
    for exit in exits { code[exit] = .jump(code.count) }
  }

  private mutating func emitStar(_ inner: Syntax) throws(PatternError) {
    let fork = code.count
    try add(.split(fork + 1, fork + 1))
    try emit(inner)
    try add(.jump(fork))
    code[fork] = .split(fork + 1, code.count)
  }

  private mutating func emitOptional(_ inner: Syntax, count: Int) throws(PatternError) {
    var forks: [Int] = []
    for _ in 0..<count {
      forks.append(code.count)
      try add(.split(code.count + 1, code.count + 1))
      try emit(inner)
    }
    for fork in forks { code[fork] = .split(fork + 1, code.count) }
  }
}

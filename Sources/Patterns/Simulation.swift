/// Steps a program over a text, all threads at once.
struct Simulation: Sendable {
  /// What precedes the place that the threads are at.
  enum Before: UInt8, Hashable, Sendable { case start, word, other }

  private let program: Program
  private let alphabet: Alphabet
  private let isWord: [Bool]
  private let accepts: [[Bool]]
  /// The closure that last visited each instruction.
  private var seen: [Int]
  private var closure = 0
  private var stack: [Int] = []
  private var ready: [Int] = []
  /// Instructions visited so far.
  private(set) var work = 0

  init(_ program: Program, _ alphabet: Alphabet) {
    self.program = program
    self.alphabet = alphabet
    isWord = alphabet.starts.map { program.usesBoundaries && ScalarSet.word.contains($0) }
    accepts = program.sets.map { set in alphabet.starts.map { set.contains($0) } }
    seen = [Int](repeating: 0, count: program.code.count)
  }

  /// Moves the threads over one class (the alphabet's count means the end); nil is a match.
  mutating func step(_ threads: [Int], _ before: inout Before, over symbol: Int) -> [Int]? {
    let atEnd = symbol == alphabet.count
    let word = !atEnd && isWord[symbol]
    guard close(threads, before, atEnd: atEnd, nextIsWord: word) else { return nil }
    if atEnd { return [] }
    before = word ? .word : .other
    var next: [Int] = []
    for thread in ready {
      if case .set(let set) = program.code[thread], accepts[set][symbol] { next.append(thread + 1) }
    }
    if !program.isAnchored { next.append(0) }
    return Self.unique(next)
  }

  private static func unique(_ threads: [Int]) -> [Int] {
    var result: [Int] = []
    for thread in threads.sorted() where result.last != thread { result.append(thread) }
    return result
  }

  /// Follows everything that consumes nothing; false when that reaches a match.
  private mutating func close(
    _ threads: [Int], _ before: Before, atEnd: Bool, nextIsWord: Bool
  ) -> Bool {
    closure += 1
    ready.removeAll(keepingCapacity: true)
    stack = threads
    let boundary = (before == .word) != nextIsWord
    while let thread = stack.popLast() {
      if seen[thread] == closure { continue }
      seen[thread] = closure
      work += 1
      switch program.code[thread] {
      case .match: return false
      case .set: ready.append(thread)
      case .jump(let target): stack.append(target)
      case .split(let one, let other):
        stack.append(other)
        stack.append(one)
      case .start: if before == .start { stack.append(thread + 1) }
      case .end: if atEnd { stack.append(thread + 1) }
      case .wordBoundary: if boundary { stack.append(thread + 1) }
      case .noWordBoundary: if !boundary { stack.append(thread + 1) }
      }
    }
    return true
  }

  /// Whether the text has a match, without a table.
  mutating func matches(_ text: Span<UInt8>) -> Bool {
    var threads = [0]
    var before = Before.start
    var index = 0
    while index < text.count {
      let symbol = alphabet.next(in: text, at: &index)
      guard let next = step(threads, &before, over: symbol) else { return true }
      if next.isEmpty { return false }
      threads = next
    }
    return step(threads, &before, over: alphabet.count) == nil
  }
}

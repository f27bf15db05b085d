internal import JSON

extension Evaluator {
  mutating func choice(
    _ instruction: Instruction, _ block: Block, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Bool {
    let isExclusive = instruction.operation == .oneOf
    let count = matchCount(instruction, n, d, enough: isExclusive ? 2 : 1)
    if count == 1 { return true }
    if isFull { return false }
    if count == 0, let only = onlyCandidate(instruction, n, d) {
      // What is wrong inside the one alternative that was meant says more than "none matches".
      return evaluate(only, n, d)
    }
    return fail(isExclusive ? .oneOf : .anyOf, n, block, instruction.place)
  }

  /// How many of the alternatives a value matches, counted up to `enough`.
  private mutating func matchCount(
    _ instruction: Instruction, _ n: JSONNode, _ d: borrowing JSONDocument, enough: Int
  ) -> Int {
    var count = 0
    for child in instruction.first..<instruction.last where count < enough {
      if quietly(children[child], n, d) { count &+= 1 }
    }
    return count
  }

  /// The alternative whose type is the value's, if there is just one.
  private func onlyCandidate(
    _ instruction: Instruction, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Int? {
    var only: Int?
    for child in instruction.first..<instruction.last {
      guard admits(children[child], n, d) else { continue }
      if only != nil { return nil }
      only = children[child]
    }
    return only
  }

  private func admits(_ index: Int, _ n: JSONNode, _ d: borrowing JSONDocument) -> Bool {
    var block = blocks[index]
    while block.end &- block.start == 1, instructions[block.start].operation == .reference {
      block = blocks[instructions[block.start].first]
    }
    if block.end > block.start, instructions[block.start].operation == .never { return false }
    let kind = KindSet(d.kind(n))
    return block.types.contains(kind) || kind == .number && block.types.contains(.integer)
  }
}

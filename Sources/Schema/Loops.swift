/// Finds schemas that apply to the same value without end, such as two that refer to each other.
enum Loops {
  /// A block on a circle of references that consumes nothing of the document; nil if none is.
  static func find(in code: Code) -> Int? {
    // Depth first without recursion: 0 unseen, 1 on the path, 2 done.
    var marks = [UInt8](repeating: 0, count: code.blocks.count)
    for start in code.blocks.indices where marks[start] == 0 {
      // Blocks to visit, and below what a block led to its complement: the path ends there.
      var pending = [start]
      while let top = pending.popLast() {
        guard top >= 0 else {
          marks[~top] = 2
          continue
        }
        // Something above may have led here, too.
        guard marks[top] == 0 else { continue }
        marks[top] = 1
        pending.append(~top)
        for next in applied(by: top, in: code) {
          if marks[next] == 1 { return next }
          if marks[next] == 0 { pending.append(next) }
        }
      }
    }
    return nil
  }

  /// The blocks that a block applies to the very value it is applied to.
  private static func applied(by index: Int, in code: Code) -> [Int] {
    let block = code.blocks[index]
    var found: [Int] = []
    for instruction in code.instructions[block.start..<block.end] {
      switch instruction.operation {
      case .reference, .not: found.append(instruction.first)
      case .allOf, .anyOf, .oneOf:
        found += code.children[instruction.first..<instruction.last]
      case .conditional:
        found += code.children[instruction.first..<instruction.first + 3].filter { $0 >= 0 }
      case .dependencies:
        for dependency in code.dependencies[instruction.first..<instruction.last]
        where dependency.block >= 0 {
          found.append(dependency.block)
        }
      default: break
      }
    }
    return found
  }
}

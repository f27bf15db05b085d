internal import JSON

/// One broken keyword: where in the document and in the schema.
struct Breach: Sendable {
  var node: JSONNode
  /// Nil for the schema `false`.
  var keyword: Keyword?
  var document: Int
  var place: JSONNode
  /// The key that is missing, if that is what is wrong.
  var missing: Name?
}

/// Runs a program over a value.
struct Evaluator: ~Copyable, ~Escapable {
  /// Blocks inside each other; circles that consume nothing are found when compiling.
  private static let depthLimit = 1_500

  let program: Program
  /// The program's text: borrowed once, because each key is compared with it.
  let text: Span<UInt8>
  /// How many breaches are wanted; with none the first ends the run.
  private var limit: Int
  private var depth = 0
  private(set) var found: [Breach] = []

  @_lifetime(copy text)
  init(_ program: Program, _ text: Span<UInt8>, limit: Int) {
    self.program = program
    self.text = text
    self.limit = limit
  }

  @inline(__always)
  var isFull: Bool { limit == 0 || found.count >= limit }

  /// Applies a block to a value.
  mutating func evaluate(_ index: Int, _ n: JSONNode, _ d: borrowing JSONDocument) -> Bool {
    let block = program.blocks[index]
    let kind = KindSet(d.kind(n))
    var valid = true
    if !block.types.contains(kind) {
      guard kind == .number, block.types.contains(.integer), d.isInteger(n) else {
        // The other keywords of the schema speak about other types.
        return fail(.type, n, block, block.node)
      }
    }
    if block.start == block.end { return valid }
    depth &+= 1
    defer { depth &-= 1 }
    guard depth <= Self.depthLimit else { return fail(.ref, n, block, block.node) }
    for position in block.start..<block.end {
      let instruction = program.instructions[position]
      guard instruction.kinds.contains(kind) else { continue }
      if run(instruction, block, n, d) { continue }
      valid = false
      if isFull { return false }
    }
    return valid
  }

  /// Applies a block without recording what it breaks.
  mutating func quietly(_ index: Int, _ n: JSONNode, _ d: borrowing JSONDocument) -> Bool {
    let wanted = limit
    limit = 0
    let valid = evaluate(index, n, d)
    limit = wanted
    return valid
  }

  /// Records a breach if one is wanted; always false.
  mutating func fail(
    _ keyword: Keyword?, _ n: JSONNode, _ block: Block, _ place: JSONNode, missing: Name? = nil
  ) -> Bool {
    guard !isFull else { return false }
    found.append(
      Breach(
        node: n, keyword: keyword, document: block.document, place: place, missing: missing))
    return false
  }

  private mutating func run(
    _ instruction: Instruction, _ block: Block, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Bool {
    switch instruction.operation {
    case .reference: return evaluate(instruction.first, n, d)
    case .object: return object(instruction, block, n, d)
    case .items, .tuple: return items(instruction, n, d)
    case .allOf:
      var valid = true
      for child in instruction.first..<instruction.last {
        if evaluate(program.children[child], n, d) { continue }
        valid = false
        if isFull { return false }
      }
      return valid
    case .conditional:
      let holds = quietly(program.children[instruction.first], n, d)
      let consequence = program.children[instruction.first + (holds ? 1 : 2)]
      return consequence < 0 || evaluate(consequence, n, d)
    case .propertyNames: return propertyNames(instruction, n, d)
    case .dependencies: return dependencies(instruction, block, n, d)
    case .required: return required(instruction, block, n, d)
    default:
      guard let broken = brokenKeyword(instruction, n, d) else { return true }
      return fail(broken.keyword, n, block, instruction.place)
    }
  }
}

/// The outcome of a keyword that is broken; `false` as a schema has no keyword.
struct Broken {
  var keyword: Keyword?
}

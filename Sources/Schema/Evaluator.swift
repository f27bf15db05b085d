internal import JSON
internal import Patterns

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
  /// Blocks in all, and how many more for each value of the document: schemas that apply each
  /// other in every combination end here.
  private static let steps = (base: 1_000_000, perValue: 1_000)

  let blocks: Span<Block>
  let instructions: Span<Instruction>
  let children: Span<Int>
  let constants: Span<(document: Int, node: JSONNode)>
  let bounds: Span<Bound>
  let patterns: Span<Pattern>
  let objects: Span<ObjectRule>
  let entries: Span<Entry>
  let slots: Span<Int>
  let patternEntries: Span<(pattern: Int, block: Int)>
  let names: Span<Name>
  let dependencies: Span<Dependency>
  let text: Span<UInt8>
  let documents: Span<SchemaDocument>
  /// How many breaches are wanted; with none the first ends the run.
  private var limit: Int
  private var depth = 0
  private var stepsLeft: Int
  fileprivate(set) var found: [Breach] = []

  /// Borrows all arrays once: nothing is retained or copied while values are judged.
  @_lifetime(borrow code)
  init(_ code: borrowing Code, values: Int, limit: Int) {
    blocks = code.blocks.span
    instructions = code.instructions.span
    children = code.children.span
    constants = code.constants.span
    bounds = code.bounds.span
    patterns = code.patterns.span
    objects = code.objects.span
    entries = code.entries.span
    slots = code.slots.span
    patternEntries = code.patternEntries.span
    names = code.names.span
    dependencies = code.dependencies.span
    text = code.text.span
    documents = code.documents.span
    self.limit = limit
    stepsLeft = Self.steps.base + Self.steps.perValue * values
  }

  @inline(__always)
  var isFull: Bool { limit == 0 || found.count >= limit }

  /// Applies a block to a value.
  mutating func evaluate(_ index: Int, _ n: JSONNode, _ d: borrowing JSONDocument) -> Bool {
    let block = blocks[index]
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
    stepsLeft &-= 1
    defer { depth &-= 1 }
    guard depth <= Self.depthLimit, stepsLeft >= 0 else {
      return fail(.ref, n, block, block.node)
    }
    for position in block.start..<block.end {
      let instruction = instructions[position]
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
        if evaluate(children[child], n, d) { continue }
        valid = false
        if isFull { return false }
      }
      return valid
    case .conditional:
      let holds = quietly(children[instruction.first], n, d)
      let consequence = children[instruction.first + (holds ? 1 : 2)]
      return consequence < 0 || evaluate(consequence, n, d)
    case .anyOf, .oneOf: return choice(instruction, block, n, d)
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

extension Code {
  func isValid(_ d: borrowing JSONDocument, _ n: JSONNode) -> Bool {
    var evaluator = Evaluator(self, values: d.nodeCount, limit: 0)
    return evaluator.evaluate(0, n, d)
  }

  func breaches(_ d: borrowing JSONDocument, _ n: JSONNode, limit: Int) -> [Breach] {
    var evaluator = Evaluator(self, values: d.nodeCount, limit: limit)
    _ = evaluator.evaluate(0, n, d)
    return evaluator.found
  }
}

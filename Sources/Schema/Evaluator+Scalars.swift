internal import JSON
internal import Patterns

extension Evaluator {
  /// The keyword of an instruction that judges a value by itself, if the value breaks it.
  mutating func brokenKeyword(
    _ instruction: Instruction, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Broken? {
    let first = instruction.first
    let keeps: (Bool, Keyword?)
    switch instruction.operation {
    case .constant: keeps = (isConstant(instruction, n, d), .enum)
    case .strings: keeps = (isString(instruction, n, d), .enum)
    case .minimum: keeps = (!isNumber(n, d, below: first, orEqual: false), .minimum)
    case .maximum: keeps = (isNumber(n, d, below: first, orEqual: true), .maximum)
    case .exclusiveMinimum:
      keeps = (!isNumber(n, d, below: first, orEqual: true), .exclusiveMinimum)
    case .exclusiveMaximum:
      keeps = (isNumber(n, d, below: first, orEqual: false), .exclusiveMaximum)
    case .multipleOf: keeps = (isMultiple(n, d, of: first), .multipleOf)
    case .minLength: keeps = (hasLength(n, d, atLeast: first), .minLength)
    case .maxLength: keeps = (!hasLength(n, d, above: first), .maxLength)
    case .pattern: keeps = (matches(n, d, pattern: first), .pattern)
    case .format: keeps = (isOfFormat(n, d, number: first), .format)
    case .minItems: keeps = (d.count(n) >= first, .minItems)
    case .maxItems: keeps = (d.count(n) <= first, .maxItems)
    case .minProperties: keeps = (d.count(n) >= first, .minProperties)
    case .maxProperties: keeps = (d.count(n) <= first, .maxProperties)
    case .uniqueItems: keeps = (JSONEquality.elementsDiffer(in: d, n), .uniqueItems)
    case .contains: keeps = (contains(first, n, d), .contains)
    case .not: keeps = (!quietly(first, n, d), .not)
    default: keeps = (false, nil)
    }
    return keeps.0 ? nil : Broken(keyword: keeps.1)
  }

  private func isConstant(
    _ instruction: Instruction, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Bool {
    for index in instruction.first..<instruction.last {
      let (document, node) = constants[index]
      if JSONEquality.equal(d, n, documents[document].document, node) { return true }
    }
    return false
  }

  private func isString(
    _ instruction: Instruction, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Bool {
    guard d.kind(n) == .string else { return false }
    if d.isEscaped(n) {
      let decoded = d.stringBytes(n) ?? []
      return isOneOf(instruction, decoded.span, decoded.indices)
    }
    return isOneOf(instruction, d.bytes.span, d.content(n))
  }

  private func isOneOf(
    _ instruction: Instruction, _ bytes: Span<UInt8>, _ range: Range<Int>
  ) -> Bool {
    for index in instruction.first..<instruction.last {
      let name = names[index]
      guard name.end &- name.start == range.count else { continue }
      if ByteEquality.equal(
        bytes, at: range.lowerBound, text, at: name.start, count: range.count)
      {
        return true
      }
    }
    return false
  }

  private func isNumber(
    _ n: JSONNode, _ d: borrowing JSONDocument, below index: Int, orEqual: Bool
  ) -> Bool {
    let bound = bounds[index]
    if let limit = bound.small, let value = d.plainInteger(n) {
      return orEqual ? value <= limit : value < limit
    }
    guard let value = d.number(n) else { return false }
    return orEqual ? value <= bound.exact : value < bound.exact
  }

  private func isMultiple(_ n: JSONNode, _ d: borrowing JSONDocument, of index: Int) -> Bool {
    let bound = bounds[index]
    if let divisor = bound.small, divisor > 0, let value = d.plainInteger(n) {
      return value % divisor == 0
    }
    return d.number(n)?.isMultiple(of: bound.exact) ?? false
  }

  private func hasLength(_ n: JSONNode, _ d: borrowing JSONDocument, atLeast size: Int) -> Bool {
    let bytes = d.content(n).count
    if bytes < size { return false }
    // No scalar takes more than the twelve bytes of an escaped pair.
    if bytes / 12 >= size { return true }
    return d.scalarCount(n) >= size
  }

  private func hasLength(_ n: JSONNode, _ d: borrowing JSONDocument, above size: Int) -> Bool {
    let bytes = d.content(n).count
    return bytes > size && (bytes / 12 > size || d.scalarCount(n) > size)
  }

  private func matches(_ n: JSONNode, _ d: borrowing JSONDocument, pattern index: Int) -> Bool {
    if d.isEscaped(n) { return patterns[index].matches(d.stringBytes(n) ?? []) }
    return patterns[index].matches(d.bytes.span.extracting(d.content(n)))
  }

  private func isOfFormat(_ n: JSONNode, _ d: borrowing JSONDocument, number: Int) -> Bool {
    let format = Format.all[number]
    if d.isEscaped(n) {
      let decoded = d.stringBytes(n) ?? []
      return format.accepts(decoded.span)
    }
    return format.accepts(d.bytes.span.extracting(d.content(n)))
  }

  private mutating func contains(_ block: Int, _ n: JSONNode, _ d: borrowing JSONDocument) -> Bool {
    guard var element = d.firstChild(n) else { return false }
    for _ in 0..<d.count(n) {
      if quietly(block, element, d) { return true }
      element = d.next(element)
    }
    return false
  }
}

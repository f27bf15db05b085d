internal import JSON
internal import Patterns

extension Evaluator {
  mutating func items(
    _ instruction: Instruction, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Bool {
    guard var element = d.firstChild(n) else { return true }
    var valid = true
    for index in 0..<d.count(n) {
      var block = instruction.first
      if instruction.operation == .tuple {
        block = children[min(instruction.first &+ index, instruction.last)]
      }
      if block >= 0, !evaluate(block, element, d) {
        valid = false
        if isFull { return false }
      }
      element = d.next(element)
    }
    return valid
  }

  mutating func object(
    _ instruction: Instruction, _ block: Block, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Bool {
    let rule = objects[instruction.first]
    var seen: UInt64 = 0
    var valid = true
    if var key = d.firstChild(n) {
      for _ in 0..<d.count(n) {
        let value = d.next(key)
        if !member(rule, block, key, value, d, &seen) {
          valid = false
          if isFull { return false }
        }
        key = d.next(value)
      }
    }
    if seen & rule.required == rule.required { return valid }
    if isFull { return false }
    var index = rule.entries
    var missing = rule.required & ~seen
    while missing != 0 {
      let entry = entries[index]
      if entry.bit & missing != 0 {
        _ = fail(.required, n, block, rule.requiredPlace ?? block.node, missing: entry.name)
        missing &= ~entry.bit
      }
      index += 1
    }
    return false
  }

  @inline(__always)
  private mutating func member(
    _ rule: ObjectRule, _ block: Block, _ key: JSONNode, _ value: JSONNode,
    _ d: borrowing JSONDocument, _ seen: inout UInt64
  ) -> Bool {
    var valid = true
    var isNamed = false
    let index = entry(of: rule, key, d)
    if index >= 0 {
      let entry = entries[rule.entries &+ index]
      seen |= entry.bit
      if entry.isDeclared {
        isNamed = true
        valid = evaluate(entry.block, value, d)
        if !valid, isFull { return false }
      }
    }
    for position in rule.patterns {
      let (pattern, child) = patternEntries[position]
      guard matches(key: key, d, pattern) else { continue }
      isNamed = true
      if !evaluate(child, value, d) {
        valid = false
        if isFull { return false }
      }
    }
    if isNamed || rule.additional == ObjectRule.anything { return valid }
    if rule.additional == ObjectRule.forbidden {
      return fail(.additionalProperties, key, block, rule.additionalPlace ?? block.node)
    }
    return evaluate(rule.additional, value, d) && valid
  }

  @inline(__always)
  private func entry(of rule: ObjectRule, _ key: JSONNode, _ d: borrowing JSONDocument) -> Int {
    if d.isEscaped(key) {
      let decoded = d.stringBytes(key) ?? []
      return rule.names.find(decoded.span, decoded.indices, rule, slots, entries, text)
    }
    return rule.names.find(d.bytes.span, d.content(key), rule, slots, entries, text)
  }

  private func matches(key: JSONNode, _ d: borrowing JSONDocument, _ pattern: Int) -> Bool {
    if d.isEscaped(key) { return patterns[pattern].matches(d.stringBytes(key) ?? []) }
    return patterns[pattern].matches(d.bytes.span.extracting(d.content(key)))
  }

  mutating func propertyNames(
    _ instruction: Instruction, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Bool {
    guard var key = d.firstChild(n) else { return true }
    var valid = true
    for _ in 0..<d.count(n) {
      if !evaluate(instruction.first, key, d) {
        valid = false
        if isFull { return false }
      }
      key = d.next(d.next(key))
    }
    return valid
  }

  mutating func dependencies(
    _ instruction: Instruction, _ block: Block, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Bool {
    var valid = true
    for index in instruction.first..<instruction.last {
      let dependency = dependencies[index]
      guard hasMember(dependency.name, n, d) else { continue }
      if dependency.block >= 0, !evaluate(dependency.block, n, d) { valid = false }
      for key in dependency.keys where !hasMember(names[key], n, d) {
        valid = fail(.dependencies, n, block, instruction.place, missing: names[key])
      }
      if !valid, isFull { return false }
    }
    return valid
  }

  mutating func required(
    _ instruction: Instruction, _ block: Block, _ n: JSONNode, _ d: borrowing JSONDocument
  ) -> Bool {
    let name = names[instruction.first]
    if hasMember(name, n, d) { return true }
    return fail(.required, n, block, instruction.place, missing: name)
  }

  private func hasMember(_ name: Name, _ n: JSONNode, _ d: borrowing JSONDocument) -> Bool {
    guard var key = d.firstChild(n) else { return false }
    for _ in 0..<d.count(n) {
      if isKey(key, name, d) { return true }
      key = d.next(d.next(key))
    }
    return false
  }

  private func isKey(_ key: JSONNode, _ name: Name, _ d: borrowing JSONDocument) -> Bool {
    let length = name.end &- name.start
    if d.isEscaped(key) {
      let decoded = d.stringBytes(key) ?? []
      return decoded.count == length
        && ByteEquality.equal(
          decoded.span, at: 0, text, at: name.start, count: length)
    }
    let content = d.content(key)
    return content.count == length
      && ByteEquality.equal(
        d.bytes.span, at: content.lowerBound, text, at: name.start, count: length)
  }
}

internal import JSON

/// Equality of JSON values: numbers by value, objects without order, strings decoded.
enum JSONEquality {
  /// Up to here, comparing each with each is cheaper than hashing.
  private static let pairwise = 16

  /// Whether two values are equal.
  static func equal(
    _ one: borrowing JSONDocument, _ left: JSONNode,
    _ other: borrowing JSONDocument, _ right: JSONNode
  ) -> Bool {
    let kind = one.kind(left)
    guard kind == other.kind(right) else { return false }
    switch kind {
    case .null: return true
    case .bool: return one.bool(left) == other.bool(right)
    case .number: return one.number(left) == other.number(right)
    case .string: return equalStrings(one, left, other, right)
    case .array:
      let count = one.count(left)
      guard count == other.count(right) else { return false }
      guard var a = one.firstChild(left), var b = other.firstChild(right) else { return true }
      for _ in 0..<count {
        guard equal(one, a, other, b) else { return false }
        a = one.next(a)
        b = other.next(b)
      }
      return true
    case .object: return equalObjects(one, left, other, right)
    }
  }

  private static func equalStrings(
    _ one: borrowing JSONDocument, _ left: JSONNode,
    _ other: borrowing JSONDocument, _ right: JSONNode
  ) -> Bool {
    if one.isEscaped(left) || other.isEscaped(right) {
      return one.stringBytes(left) == other.stringBytes(right)
    }
    let a = one.content(left)
    let b = other.content(right)
    return a.count == b.count
      && ByteEquality.equal(
        one.bytes.span, at: a.lowerBound, other.bytes.span, at: b.lowerBound, count: a.count)
  }

  private static func equalObjects(
    _ one: borrowing JSONDocument, _ left: JSONNode,
    _ other: borrowing JSONDocument, _ right: JSONNode
  ) -> Bool {
    let count = one.count(left)
    guard count == other.count(right) else { return false }
    guard let first = one.firstChild(left), let second = other.firstChild(right) else {
      return true
    }
    var byKey: [[UInt8]: JSONNode] = [:]
    var key = second
    if count > pairwise {
      for _ in 0..<count {
        byKey[other.stringBytes(key) ?? []] = other.next(key)
        key = other.next(other.next(key))
      }
    }
    key = first
    for _ in 0..<count {
      let found: JSONNode?
      if count > pairwise {
        found = byKey[one.stringBytes(key) ?? []]
      } else {
        found = value(of: one, key, in: other, from: second, count: count)
      }
      guard let found, equal(one, one.next(key), other, found) else { return false }
      key = one.next(one.next(key))
    }
    return true
  }

  private static func value(
    of one: borrowing JSONDocument, _ key: JSONNode, in other: borrowing JSONDocument,
    from first: JSONNode, count: Int
  ) -> JSONNode? {
    var candidate = first
    for _ in 0..<count {
      if equalStrings(one, key, other, candidate) { return other.next(candidate) }
      candidate = other.next(other.next(candidate))
    }
    return nil
  }

  /// Whether no two elements of an array are equal.
  static func elementsDiffer(in d: borrowing JSONDocument, _ n: JSONNode) -> Bool {
    let count = d.count(n)
    guard count > 1, let first = d.firstChild(n) else { return true }
    if count > pairwise { return manyElementsDiffer(in: d, first, count) }
    var one = first
    for index in 0..<count {
      var other = d.next(one)
      for _ in index + 1..<count {
        if equal(d, one, d, other) { return false }
        other = d.next(other)
      }
      one = d.next(one)
    }
    return true
  }

  private static func manyElementsDiffer(
    in d: borrowing JSONDocument, _ first: JSONNode, _ count: Int
  ) -> Bool {
    var byHash: [Int: [JSONNode]] = [:]
    byHash.reserveCapacity(count)
    var element = first
    for _ in 0..<count {
      let hash = hash(d, element)
      for other in byHash[hash] ?? [] where equal(d, element, d, other) { return false }
      byHash[hash, default: []].append(element)
      element = d.next(element)
    }
    return true
  }

  /// A hash that equal values share; seeded by the process, so that nobody can aim at it.
  private static func hash(_ d: borrowing JSONDocument, _ n: JSONNode) -> Int {
    var hasher = Hasher()
    hasher.combine(d.kind(n))
    switch d.kind(n) {
    case .null: break
    case .bool: hasher.combine(d.bool(n))
    case .number: hasher.combine(d.number(n))
    case .string: hasher.combine(d.stringBytes(n))
    case .array:
      if var element = d.firstChild(n) {
        for _ in 0..<d.count(n) {
          hasher.combine(hash(d, element))
          element = d.next(element)
        }
      }
    case .object:
      var mixed = 0
      if var key = d.firstChild(n) {
        for _ in 0..<d.count(n) {
          var member = Hasher()
          member.combine(d.stringBytes(key))
          member.combine(hash(d, d.next(key)))
          mixed ^= member.finalize()
          key = d.next(d.next(key))
        }
      }
      hasher.combine(mixed)
    }
    return hasher.finalize()
  }
}

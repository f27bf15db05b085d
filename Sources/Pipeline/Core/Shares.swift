internal import Events

/// The few shares that one row has in others' sums, without a buffer of their own: every event of
/// a fold asks for them twice.
package struct Shares: ExpressibleByArrayLiteral, Sendable {
  /// As many as a reservation has scopes.
  private static let countMax = 8

  private var all = InlineArray<8, Contribution>(repeating: Contribution(.none, .charges, 0))
  package private(set) var count = 0

  @inline(__always)
  package init(arrayLiteral elements: Contribution...) {
    for element in elements { append(element) }
  }

  /// Adds one; there are at most eight.
  @inline(__always)
  package mutating func append(_ share: Contribution) {
    precondition(count < Self.countMax, "a row has at most eight shares")
    all[count] = share
    count += 1
  }

  package subscript(index: Int) -> Contribution {
    precondition(index < count, "there is no such share")
    return all[index]
  }
}

extension Shares: Equatable {
  package static func == (a: Shares, b: Shares) -> Bool {
    guard a.count == b.count else { return false }
    for index in 0..<a.count where a.all[index] != b.all[index] { return false }
    return true
  }
}

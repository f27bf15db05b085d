/// What is left of the reactions that one event may have: so that they always come to an end.
///
/// What is beyond it is left out; the event itself stands.
package struct ReactionAllowance: Hashable, Sendable {
  private let depthMax: Int
  private var left: Int

  package init(_ rules: Rules) {
    depthMax = rules.reactionDepthMax
    left = rules.reactionWidthMax
  }

  /// Whether an event so many reactions away from the first cause may have reactions itself.
  package func reaches(below depth: Int) -> Bool { depth < depthMax }

  /// Takes one more reaction; false when there were enough.
  package mutating func take() -> Bool {
    guard left > 0 else { return false }
    left -= 1
    return true
  }
}

import Pipeline
import Testing

struct ReactionAllowanceTests {
  /// How deep reactions go that each have `fan` reactions themselves, without end.
  private func depths(_ rules: Rules, fan: Int) -> [Int] {
    var allowance = ReactionAllowance(rules)
    var depths: [Int] = []
    func react(to depth: Int) {
      guard allowance.reaches(below: depth) else { return }
      for _ in 0..<fan where allowance.take() {
        depths.append(depth + 1)
        react(to: depth + 1)
      }
    }
    react(to: 0)
    return depths
  }

  @Test func `a chain ends at eight, a crowd at sixty-four`() {
    let rules = Rules()
    #expect(depths(rules, fan: 1) == Array(1...8))
    #expect(depths(rules, fan: 63).count == 64)
    #expect(depths(rules, fan: 64).count == 64)
    #expect(depths(rules, fan: 65).count == 64)
    #expect(depths(rules, fan: 65).max() == 8)
  }

  @Test(arguments: [0, 1, 2])
  func `other limits hold too`(most: Int) {
    var deep = Rules()
    deep.reactionDepthMax = most
    #expect(depths(deep, fan: 1).count == most)
    var wide = Rules()
    wide.reactionWidthMax = most
    #expect(depths(wide, fan: 5).count == most)
    #expect(depths(wide, fan: 1).count == most)
  }
}

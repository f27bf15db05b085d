import Bytes
import Patterns
import Testing

/// A regular expression and the set of places where it can end: slow and obviously right.
private indirect enum Reference {
  case literal(Character)
  case notA, any, start, end, boundary
  case sequence([Reference])
  case choice([Reference])
  case repeated(Reference, Int, Int?)

  var source: String {
    switch self {
    case .literal(let character): String(character)
    case .notA: "[^a]"
    case .any: "."
    case .start: "^"
    case .end: "$"
    case .boundary: "\\b"
    case .sequence(let parts): parts.map(\.source).joined()
    case .choice(let branches): "(" + branches.map(\.source).joined(separator: "|") + ")"
    case .repeated(let inner, let low, let high):
      "(?:\(inner.source)){\(low),\(high.map(String.init) ?? "")}"
    }
  }

  func ends(in text: [Character], from start: Int) -> Set<Int> {
    func isWord(_ index: Int) -> Bool {
      text.indices.contains(index) && (text[index] == "a" || text[index] == "b")
    }
    func one(_ accepts: (Character) -> Bool) -> Set<Int> {
      start < text.count && accepts(text[start]) ? [start + 1] : []
    }
    switch self {
    case .literal(let character): return one { $0 == character }
    case .notA: return one { $0 != "a" }
    case .any: return one { $0 != "\n" }
    case .start: return start == 0 ? [start] : []
    case .end: return start == text.count ? [start] : []
    case .boundary: return isWord(start - 1) != isWord(start) ? [start] : []
    case .sequence(let parts):
      return parts.reduce([start]) { places, part in
        Set(places.flatMap { part.ends(in: text, from: $0) })
      }
    case .choice(let branches):
      return Set(branches.flatMap { $0.ends(in: text, from: start) })
    case .repeated(let inner, let low, let high):
      var places: Set<Int> = [start]
      for _ in 0..<low { places = Set(places.flatMap { inner.ends(in: text, from: $0) }) }
      var all = places
      for _ in 0..<(high.map { $0 - low } ?? text.count + 1) {
        places = Set(places.flatMap { inner.ends(in: text, from: $0) })
        all.formUnion(places)
      }
      return all
    }
  }

  func matches(_ text: [Character]) -> Bool {
    (0...text.count).contains { !ends(in: text, from: $0).isEmpty }
  }

  static func random(_ depth: Int, _ random: inout SeededEntropy) -> Reference {
    switch Int.random(in: 0..<(depth > 3 ? 8 : 14), using: &random) {
    case 0, 1: return .literal("a")
    case 2: return .literal("b")
    case 3: return .literal("é")
    case 4: return .notA
    case 5: return .any
    case 6: return [.start, .end][Int.random(in: 0...1, using: &random)]
    case 7: return .boundary
    case 8, 9, 10:
      return .sequence(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in .random(depth + 1, &random) })
    case 11:
      return .choice(
        (0..<Int.random(in: 1...3, using: &random)).map { _ in .random(depth + 1, &random) })
    default:
      let low = Int.random(in: 0...2, using: &random)
      let high = Bool.random(using: &random) ? nil : low + Int.random(in: 0...2, using: &random)
      return .repeated(.random(depth + 1, &random), low, high)
    }
  }
}

struct ReferenceTests {
  @Test(arguments: 1...20)
  func `random patterns match as the slow reference does`(_ seed: UInt64) throws {
    var random = SeededEntropy(seed: seed)
    for _ in 0..<200 {
      var reference = Reference.random(0, &random)
      if Bool.random(using: &random) { reference = .sequence([.start, reference, .end]) }
      let pattern = try Pattern(reference.source)
      for _ in 0..<24 {
        let alphabet: [Character] = ["a", "a", "b", "é", "-", "\n"]
        let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in
          alphabet.randomElement(using: &random) ?? "a"
        }
        #expect(
          pattern.matches(String(text)) == reference.matches(text),
          "seed \(seed): \(reference.source) on \(String(text))")
      }
    }
  }
}

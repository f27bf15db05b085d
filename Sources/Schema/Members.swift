internal import JSON

/// The keywords of one schema object and their values.
struct Members {
  private var pairs: [(keyword: Keyword, value: JSONNode)] = []

  mutating func add(_ keyword: Keyword, _ value: JSONNode) { pairs.append((keyword, value)) }

  subscript(keyword: Keyword) -> JSONNode? {
    for pair in pairs where pair.keyword == keyword { return pair.value }
    return nil
  }
}

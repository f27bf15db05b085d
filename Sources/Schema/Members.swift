internal import JSON

/// The values of the keywords of one schema object.
struct Members {
  /// By keyword: a list of pairs would be one more type for the runtime to make while an append
  /// waits.
  private var values = InlineArray<40, JSONNode?>(repeating: nil)

  subscript(keyword: Keyword) -> JSONNode? {
    get { values[Int(keyword.rawValue)] }
    set { values[Int(keyword.rawValue)] = newValue }
  }
}

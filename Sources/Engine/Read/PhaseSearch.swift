package import Events
internal import Pipeline

extension Engine {
  /// Whether any event names a phase.
  ///
  /// - Complexity: reads the log until one does.
  package func knows(phase: String) throws(LogError) -> Bool {
    var isKnown = false
    try replay(Query()) { (event) throws(LogError) in
      isKnown = try catalog.resolve(event)?.phase == phase
      return !isKnown
    }
    return isKnown
  }
}

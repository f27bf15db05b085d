extension EffectivePolicy {
  /// Of two sets of rules that both hold, the stricter value of each, with the file it is from.
  package init(strictest one: EffectivePolicy, _ other: EffectivePolicy) {
    allowedFormats = Self.formats(one.allowedFormats, other.allowedFormats)
    patchRequired = other.patchRequired.value ? other.patchRequired : one.patchRequired
    linesMax = Self.lower(one.linesMax, other.linesMax)
    filesMax = Self.lower(one.filesMax, other.filesMax)
    forbidsBinary = other.forbidsBinary.value ? other.forbidsBinary : one.forbidsBinary
    forbiddenPaths = Self.union(one.forbiddenPaths, other.forbiddenPaths)
    testedPaths = Self.union(one.testedPaths, other.testedPaths)
    requiresIssue = other.requiresIssue.value ? other.requiresIssue : one.requiresIssue
    reviewersMin =
      other.reviewersMin.value > one.reviewersMin.value ? other.reviewersMin : one.reviewersMin
    oscillation = Self.stricter(one.oscillation, other.oscillation)
    let ids = Set(one.policies.map(\.id))
    policies = one.policies + other.policies.filter { !ids.contains($0.id) }
  }

  private static func lower(_ one: Sourced<Int?>, _ other: Sourced<Int?>) -> Sourced<Int?> {
    guard let least = other.value else { return one }
    guard let first = one.value else { return other }
    return least < first ? other : one
  }

  /// What both allow; nil allows all.
  private static func formats(
    _ one: Sourced<[String]?>, _ other: Sourced<[String]?>
  ) -> Sourced<[String]?> {
    guard let allowed = other.value else { return one }
    guard let first = one.value else { return other }
    let both = first.filter { allowed.contains($0) }
    return both.count == first.count ? one : Sourced(value: both, file: other.file)
  }

  private static func union(
    _ one: [Sourced<PathRule>], _ other: [Sourced<PathRule>]
  ) -> [Sourced<PathRule>] {
    let known = Set(one.map(\.value.text))
    return one + other.filter { !known.contains($0.value.text) }
  }

  /// A larger window sees more, a smaller threshold fires earlier.
  private static func stricter(
    _ one: Sourced<Oscillation?>, _ other: Sourced<Oscillation?>
  ) -> Sourced<Oscillation?> {
    guard let limits = other.value else { return one }
    guard let first = one.value else { return other }
    let both = Oscillation(
      window: max(first.window, limits.window), threshold: min(first.threshold, limits.threshold))
    return both == first ? one : Sourced(value: both, file: other.file)
  }
}

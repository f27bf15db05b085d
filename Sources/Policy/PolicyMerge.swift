/// Puts policies together, the widest first.
struct PolicyMerge {
  private let policies: [PolicyDocument]

  init(_ policies: [PolicyDocument]) {
    self.policies = policies
  }

  typealias Sourced = EffectivePolicy.Sourced

  /// The value of the narrowest policy that sets one.
  ///
  /// - Parameter isStricter: whether the first value is stricter than the second; then the second
  ///   may not take its place.
  func strictest<Value>(
    _ name: String, _ field: KeyPath<PolicyDocument.Constraints, Value?>,
    or standard: Value, isStricter: (Value, Value) -> Bool
  ) throws(PolicyError) -> Sourced<Value> {
    var found: (value: Value, file: String)?
    for policy in policies {
      guard let value = policy.constraints[keyPath: field] else { continue }
      if let found, isStricter(found.value, value) {
        throw weakened(name, policy.file, "\(value)", found.file, "\(found.value)")
      }
      found = (value, policy.file)
    }
    return Sourced(value: found?.value ?? standard, file: found?.file)
  }

  func lowest(
    _ name: String, _ field: KeyPath<PolicyDocument.Constraints, Int?>
  ) throws(PolicyError) -> Sourced<Int?> {
    let found = try strictest(name, field, or: Int.max) { $0 < $1 }
    return Sourced(value: found.file == nil ? nil : found.value, file: found.file)
  }

  /// Formats that a wider policy does not have can't be added.
  func formats() throws(PolicyError) -> Sourced<[String]?> {
    let found = try strictest("allowed_formats", \.allowedFormats, or: []) {
      !Set($1).isSubset(of: $0)
    }
    return Sourced(value: found.file == nil ? nil : found.value, file: found.file)
  }

  /// All rules, each from the widest policy that has it.
  func union(
    _ field: KeyPath<PolicyDocument.Constraints, [PathRule]?>
  ) -> [Sourced<PathRule>] {
    var seen: Set<String> = []
    return policies.flatMap { policy in
      (policy.constraints[keyPath: field] ?? []).map { Sourced(value: $0, file: policy.file) }
    }.filter { seen.insert($0.value.text).inserted }
  }

  /// A larger window sees more, a smaller threshold fires earlier.
  func oscillation() throws(PolicyError) -> Sourced<EffectivePolicy.Oscillation?> {
    let window = try strictest("oscillation_window", \.oscillationWindow, or: 0) { $0 > $1 }
    let threshold = try lowest("oscillation_threshold", \.oscillationThreshold)
    guard let most = threshold.value else { return Sourced(value: nil, file: nil) }
    return Sourced(value: .init(window: window.value, threshold: most), file: threshold.file)
  }

  private func weakened(
    _ name: String, _ file: String, _ value: String, _ other: String, _ otherValue: String
  ) -> PolicyError {
    PolicyError(
      .weakened, file,
      "sets \(name) to \(value), which is looser than \(otherValue) in \(other): a narrower policy "
        + "may only tighten",
      pointer: "/constraints/\(name)")
  }
}

internal import Bytes
package import Events
package import Pipeline
package import Secrets

/// The settings in force: each value and where it came from.
package struct Settings: Sendable {
  /// Where a value came from, the strongest last.
  package enum Source: Hashable, Sendable, CustomStringConvertible {
    case shipped
    case file(String)
    case variable(String)
    case flag(String)

    package var description: String {
      switch self {
      case .shipped: "shipped"
      case .file(let path): path
      case .variable(let name): name
      case .flag(let name): name
      }
    }
  }

  /// Values that differ in origin from the shipped ones, by name.
  private var changes: [String: Change] = [:]

  private struct Change {
    var value: SettingValue
    var source: Source
  }

  /// What tokens cost, by model; empty until they are read.
  package var prices: [String: TokenPrice] = [:]

  /// The repository's prices and where they are; nil where the shipped ones are in force.
  var priceFile: File?

  /// A file that settings were read from.
  struct File {
    var path: String
    var bytes: [UInt8]
  }

  /// The shipped settings.
  package init() {}

  /// Takes a value that is stronger than those before; refuses one that nothing would go by.
  package mutating func set(
    _ setting: Setting, _ value: SettingValue, _ source: Source
  ) throws(LogError) {
    if case .fixed = setting.effect, value != Self.shipped(setting) {
      throw LogError(
        .settings, "\(setting.name) can't be changed in this version (\(source))",
        expected: setting.shipped, actual: "\(value)",
        hint: "Leave it out: a setting without effect would be a false promise")
    }
    changes[setting.name] = Change(value: value, source: source)
  }

  /// A setting's value and where it came from.
  package func value(_ setting: Setting) -> (value: SettingValue, source: Source) {
    changes[setting.name].map { ($0.value, $0.source) } ?? (Self.shipped(setting), .shipped)
  }

  package static func shipped(_ setting: Setting) -> SettingValue {
    setting.kind.value(setting.shipped) ?? .nothing
  }

  /// The rules that these settings come to.
  package var rules: Rules {
    var rules = Rules()
    rules.prices = prices
    guard !changes.isEmpty else { return rules }
    if case .text("refuse") = changes["patch.unknown_request"]?.value {
      rules.refusesUnknownRequests = true
    }
    for setting in SettingTable.all {
      if case .rules(let apply) = setting.effect, let change = changes[setting.name] {
        apply(&rules, setting.kind.number(of: change.value))
      }
    }
    return rules
  }

  /// The parts of a text between commas: the library's `split` is generic, which costs an append a
  /// tenth of its time, and a string's own bytes are slower to walk through than those of an array.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var rest = Array(text.utf8)[...]
    while let comma = rest.firstIndex(of: 0x2C) {
      words.append(String(decoding: rest[..<comma], as: UTF8.self))
      rest = rest[(comma + 1)...]
    }
    if !rest.isEmpty { words.append(String(decoding: rest, as: UTF8.self)) }
    return words
  }

  /// What is done with secrets, and what the variables that have some are set to.
  package func secretPolicy(_ here: Surroundings) -> SecretPolicy {
    var policy = SecretPolicy()
    if case .text(let word) = changes["secrets.mode"]?.value, let mode = SecretMode(rawValue: word)
    {
      policy.mode = mode
    }
    if case .off = policy.mode { return policy }
    if case .seal = policy.mode, case .text(let key) = changes["secrets.seal_key"]?.value {
      policy.sealingKey = key
    }
    policy.literals = secretVariables.compactMap { name in
      here.value(ofSecret: name).flatMap { SecretLiteral(name: name, value: $0) }
    }
    return policy
  }

  /// The names of the environment variables whose values are secrets.
  package var secretVariables: [String] {
    if case .words(let words) = changes["secrets.variables"]?.value { return words }
    return Self.words(SettingTable.secretVariables)
  }

  /// Throws when secrets are to be sealed and it is not said to which key: before anything is
  /// stored, be there a secret in it or not.
  package func requireSealingKey() throws(LogError) {
    guard !changes.isEmpty, case .text("seal") = changes["secrets.mode"]?.value else { return }
    if case .text = changes["secrets.seal_key"]?.value { return }
    throw LogError(
      .settings, "secrets.mode is seal, and secrets.seal_key does not say to which key",
      expected: Setting.Kind.sealingKey.expected,
      hint: "`uetlog key new --sealing` makes a key; what it prints is the value of "
        + "secrets.seal_key or UETLOG_SECRETS_SEAL_KEY")
  }

  /// The first eight bytes of the SHA-256 over the digests of all values and of the prices: records
  /// carry it.
  package var digest: UInt64 {
    guard !changes.isEmpty || priceFile != nil else { return Self.shippedDigest }
    return digest(values: changes.isEmpty ? Self.shippedValues : computedValues)
  }

  // What is computed where nothing was changed, or nothing but the prices, as in most appends; a
  // test compares.
  package static var shippedDigest: UInt64 { 0x33AB_B1FD_04D0_A0A0 }
  package static var shippedValues: UInt64 { 0x392C_F6CC_1EA3_8349 }

  package var computedDigest: UInt64 { digest(values: computedValues) }

  /// The first eight bytes of the SHA-256 over all values.
  package var computedValues: UInt64 {
    var text = ""
    for setting in SettingTable.all {
      text += "\(setting.name)=\(changes[setting.name]?.value.description ?? setting.shipped)\n"
    }
    return Digest.sha256(of: Array(text.utf8)).prefix64
  }

  private func digest(values: UInt64) -> UInt64 {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: values)
    return Digest.sha256(of: bytes + priceDigest.bytes).prefix64
  }

  /// How long an append waits for other writers.
  package var waitNanoseconds: Int64 {
    guard case .duration(let text) = changes["append.wait"]?.value else { return 5_000_000_000 }
    return Duration(text)?.nanoseconds ?? 5_000_000_000
  }

  /// After how many events since the last checkpoint another is due; 0 for never.
  package var sealEvery: UInt64 {
    UInt64(clamping: changes["seal.every_events"]?.value.number ?? 0)
  }

  /// The name of the key to seal with; nil for the one called like the log, or the only one.
  package var sealKey: String? {
    if case .text(let name) = changes["seal.key"]?.value { name } else { nil }
  }

  /// How many events are committed together at the most.
  package var batchEventCount: Int {
    Int(clamping: changes["append.batch_events"]?.value.number ?? 1000)
  }

  /// How many events of a stream of lines, which nobody waits for, are committed together at the
  /// most: four full batches, unless somebody asked for smaller ones or for seals in between.
  package var streamEventCount: Int {
    changes["append.batch_events"] == nil && changes["seal.every_events"] == nil
      ? 4 * batchEventCount : batchEventCount
  }

  /// Whether writers that stay commit together.
  package var isGrouped: Bool {
    if case .flag(true) = changes["append.group"]?.value { true } else { false }
  }

  /// How many bytes are committed together at the most.
  package var batchByteCount: Int {
    Int(clamping: changes["append.batch_bytes"]?.value.number ?? 32 << 20)
  }
}

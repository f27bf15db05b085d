internal import ArgumentParser
internal import Configuration
internal import Engine
internal import Events
internal import JSON
internal import Policy

/// Shows the merged policy and where each value came from.
struct PolicyExplain: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show the policy in force and where each value came from.",
    usage: "uetlog policy explain [--project <project>] [--phase <phase>] [<options>]",
    discussion: """
      EXAMPLES
        uetlog policy explain --project billing --phase phase-2
        uetlog policy explain --policy ./policies --json
      """)

  @OptionGroup var options: PolicyOptions
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let policy = try options.effective(console.here)
    if console.isJSON {
      console.output.json(Self.json(policy))
      return .done
    }
    var policies = Table([("policy", false), ("scope", false), ("file", false)])
    for document in policy.policies {
      policies.add([document.id, "\(document.scope)", document.file])
    }
    console.show(policies)
    console.output.line("")
    var values = Table([("constraint", false), ("value", false), ("from", false)])
    for entry in policy.entries {
      values.add([entry.name, Self.text(entry.value), Self.origin(entry)])
    }
    console.show(values)
    return .done
  }

  private static func text(_ value: EffectivePolicy.Entry.Value) -> String {
    if case .unset = value { "–" } else { value.description }
  }

  private static func origin(_ entry: EffectivePolicy.Entry) -> String {
    if let file = entry.file { return file }
    if case .unset = entry.value { return "nobody" }
    return "the schema's default"
  }

  private static func json(_ policy: EffectivePolicy) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("digest", policy.digest)
    writer.key("policies")
    writer.beginArray()
    for document in policy.policies {
      writer.beginObject()
      writer.member("patch_policy_id", document.id)
      writer.member("level", document.scope.level.rawValue)
      writer.member("file", document.file)
      writer.endObject()
    }
    writer.endArray()
    writer.key("constraints")
    writer.beginArray()
    for entry in policy.entries {
      writer.beginObject()
      writer.member("name", entry.name)
      writer.key("value")
      write(entry.value, to: &writer)
      writer.member("file", orNull: entry.file)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  private static func write(_ value: EffectivePolicy.Entry.Value, to writer: inout JSONWriter) {
    switch value {
    case .unset: writer.null()
    case .flag(let flag): writer.bool(flag)
    case .number(let number): writer.int(number)
    case .text(let text): writer.string(text)
    }
  }
}

internal import Bytes
internal import Events
internal import JSON

extension Reaction {
  /// The breaker of a tool opens.
  static func circuitOpened(_ tool: Name, _ failures: UInt32, _ reason: String) -> Reaction {
    var json = JSONWriter()
    json.beginObject()
    json.key("tool_id")
    json.string(tool.id)
    json.key("reason")
    json.string(reason)
    json.key("failures")
    json.int(failures)
    json.endObject()
    return Reaction(.circuit_opened, json.bytes)
  }

  /// The breaker of a tool closes.
  static func circuitClosed(_ tool: Name) -> Reaction {
    var json = JSONWriter()
    json.beginObject()
    json.key("tool_id")
    json.string(tool.id)
    json.key("reason")
    json.string("the trial call went well")
    json.endObject()
    return Reaction(.circuit_closed, json.bytes)
  }
}

internal import Bytes
internal import Engine
internal import Events

/// A draft together with what the model knows of it without asking the engine.
struct Proposal {
  var type: String
  /// The payload's members, without the braces.
  var members: String
  var stream: String
  /// What goes through states, when it is not the stream.
  var entity: String?
  /// The state that the event leads to; nil when it leads to none.
  var target: String?
  var source = "tool"
  var eventID: ULID?
  var key: String?
  var runID: ULID?
  var expect: UInt64?
  var time: String?
  var isImported = false
  var reverses: ULID?
  /// The stream's revision when the undoing was worked out: it must not have moved since.
  var plannedAt: UInt64?
  /// What no other event may have, and whether another one is the answer all the same.
  var unique: (name: String, isAnswer: Bool)?
  /// Holds a secret, which is masked before it is stored.
  var isMasked = false
  /// What it is the stored form of: masked events are known again when an export is imported.
  var original: String?
  /// Why it is refused, whatever the log holds.
  var flaw: LogError.Code?

  init(
    _ type: String, _ stream: String, _ members: String, entity: String? = nil,
    target: String? = nil
  ) {
    self.type = type
    self.stream = stream
    self.members = members
    self.entity = entity
    self.target = target
  }

  var payload: String { "{\(members)}" }

  /// What must be the same when an id or key comes again.
  var content: String { original ?? "\(type) \(stream) \(payload)" }

  var line: String {
    var text = #"{"type":"\#(type)","payload":\#(payload),"source":"\#(source)""#
    if let eventID { text += #","event_id":"\#(eventID)""# }
    if let key { text += #","key":"\#(key)""# }
    if let runID { text += #","run_id":"\#(runID)""# }
    if let expect { text += #","expect":\#(expect)"# }
    if let time { text += #","ts":"\#(time)""# }
    return text + "}"
  }

  /// - Parameter breakage: what is left out or made up, to break the log.
  func draft(_ breakage: Breakage?) throws(LogError) -> Draft {
    var draft = try Draft(line: Array(line.utf8), number: nil, defaults: DraftDefaults())
    if isImported { draft.flags.insert(.imported) }
    if breakage == .ignoredExpectation { draft.expect = nil }
    if breakage == .trustedVerdict, flaw == .rejected { draft.flags.insert(.imported) }
    return draft
  }
}

package import Bytes
package import Events
package import JSON
package import Schema

/// What one schema file says about its event type.
package final class EventDefinition: Sendable {
  package let name: String
  /// Nil for a user's own type.
  package let type: EventType?
  package let schema: CompiledSchema
  /// The SHA-256 of the schema file.
  package let digest: Digest
  /// The stream's name; nil for events that go to their target's stream.
  package let stream: Template?
  /// The row whose state the event changes; nil when it is the stream's own.
  package let entity: Template?
  /// Other rows that the guard reads.
  package let reads: [Template]
  /// Rows whose sums get a share; a template of `reads` is the same object here.
  package let adds: [Template]
  /// Owns fields apart from the state that others judge.
  package let isNeutral: Bool
  package let reversal: Reversal
  /// The command that undoes it when `reversal` is `domain`, with `{field}` for fields of its
  /// payload: see `undoCommand(for:)`.
  package let undoCommand: String?
  package let severity: Severity
  /// The payload field that is an idempotency key by itself.
  package let uniqueField: String?
  /// Whether the log is not known to have the type: a draft before this one registers it.
  package let isOffered: Bool

  /// How an event is undone.
  package enum Reversal: String, Sendable { case generic, domain, explicit, none }

  package init(
    name: String, bytes: [UInt8], document: JSONDocument, schema: CompiledSchema, isOffered: Bool
  ) {
    self.schema = schema
    self.isOffered = isOffered
    type = EventType(named: name)
    // The program's own text needs no count of its owners, of which there are many.
    self.name = type?.name ?? name
    digest = Digest.sha256(of: bytes)
    let traits = document.member(document.root, "x-uetlog").map { Payload(document, $0) }
    let stream = traits?.text("stream") ?? "\(name)-log"
    self.stream = stream == "@target" ? nil : Template(stream)
    entity = traits?.text("entity").map { Template($0) }
    let reads = (traits?.texts("reads") ?? []).map { Template($0) }
    self.reads = reads
    adds = (traits?.texts("adds") ?? []).map { source in
      reads.first { $0.source == source } ?? Template(source)
    }
    isNeutral = traits?.flag("neutral") ?? false
    reversal = traits?.text("reversal").flatMap { Reversal(rawValue: $0) } ?? .none
    undoCommand = traits?.text("undo")
    severity = traits?.text("severity").flatMap { Severity($0) } ?? .info
    uniqueField = traits?.text("unique")
  }

  /// The digest's first eight bytes, as records carry it.
  package var shortDigest: UInt64 { digest.prefix64 }
}

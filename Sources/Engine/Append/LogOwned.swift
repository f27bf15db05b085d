package import Bytes
internal import Events
internal import Pipeline

extension PreparedDraft {
  /// Refuses a caller's event of a type that only the log itself appends.
  ///
  /// In an export of another log they come too. Those that follow from what came before are known
  /// by their ids already, and never get here; what marks an import proves itself by its id.
  func mustBeACallers() throws(LogError) {
    guard !isByLog, let type = definition.type, let origin = type.origin else { return }
    if type == .import_started || type == .import_completed, isMarkerOfImport { return }
    throw LogError(
      .rejected, "\(type.name) is for the log itself to append", pointer: "/type",
      hint: "Leave it out: \(origin)")
  }

  private var isMarkerOfImport: Bool {
    payload.text("import_id").map {
      envelope.eventID == ImportMarker.eventID(definition.name, of: $0)
    } ?? false
  }
}

/// The events that stand before and after those of an import.
package enum ImportMarker {
  /// The id of such an event: it follows from the import's, so that importing again adds nothing.
  package static func eventID(_ type: String, of importID: String) -> ULID {
    let digest = Digest.sha256(of: Array("uetlog/git/v1/\(type)/\(importID)".utf8)).prefix128
    return ULID(
      milliseconds: 0,
      random: (UInt16(truncatingIfNeeded: digest >> 64), UInt64(truncatingIfNeeded: digest)))
  }
}

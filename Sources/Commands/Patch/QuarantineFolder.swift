internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Glibc
internal import Pipeline

/// The folder of a log where the diffs of quarantined patches lie, for people to look at.
///
/// It holds what the log has, secrets masked as there: what is lost here is lost for nobody.
struct QuarantineFolder {
  private let path: String

  private static let diffSuffix = ".patch"

  init(log: String) {
    path = log + "/quarantine"
  }

  /// The name of a patch's file, below the log's directory.
  static func name(of patch: ULID) -> String { "quarantine/\(patch)\(diffSuffix)" }

  /// Writes the diff of a quarantined patch, and beside it why it is here.
  func write(_ patch: StoredPatch, _ here: Surroundings) throws(LogError) {
    Directory.make(path)
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw LogError(.cannotWrite, "\(path) is there and is no directory")
    }
    let event = patch.events.last { $0.type == .patch_quarantined }
    let lines = [
      "patch \(patch.id)", "project \(patch.project ?? "")",
      "request \(patch.requestID ?? "")", "reason \(event?.payload?.text("reason") ?? "")", "",
    ]
    try write(patch.diffText, "\(patch.id)\(Self.diffSuffix)", here)
    try write(Array(lines.joined(separator: "\n").utf8), "\(patch.id).reason.txt", here)
  }

  /// Writes all that is there anew, as the log has it now.
  func renew(_ engine: Engine<LMDBLog>, _ here: Surroundings) throws(LogError) {
    for name in Directory.names(in: path) where name.hasSuffix(Self.diffSuffix) {
      guard let id = ULID(String(name.dropLast(Self.diffSuffix.count))) else { continue }
      try write(engine.patch(id), here)
    }
  }

  private func write(
    _ bytes: [UInt8], _ name: String, _ here: Surroundings
  ) throws(LogError) {
    let file = try OutputFile(path + "/" + name, here)
    file.write(bytes)
    try file.finish()
  }
}

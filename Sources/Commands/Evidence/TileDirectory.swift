internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Evidence
internal import Glibc

/// A directory with the tiles of a log's tree and a checkpoint: what c2sp.org/tlog-tiles serves.
struct TileDirectory: TileStore {
  private static let checkpointName = "checkpoint"

  let path: String
  private let here: Surroundings
  private(set) var written = 0
  /// Directories of partial tiles whose full ones are there now.
  private var outdated: [String] = []

  /// Makes the directory, if it is not there; refuses one that is something else.
  init(_ path: String, _ here: Surroundings) throws(LogError) {
    self.path = here.absolute(path)
    self.here = here
    try Self.make(self.path)
    let strangers = Directory.names(in: self.path).filter {
      $0 != "tile" && $0 != Self.checkpointName && !$0.hasPrefix(Self.checkpointName + ".new-")
    }
    guard strangers.isEmpty else {
      throw LogError(
        .cannotWrite, "\(path) holds something other than tiles: \(strangers.sorted()[0])",
        hint: "Name a directory that is not there yet")
    }
  }

  /// What was exported before; nil when nothing was, or not to its end.
  func checkpoint() throws(LogError) -> SignedCheckpoint? {
    let file = path + "/" + Self.checkpointName
    guard let bytes = try Files.contents(file, byteCountMax: SignedNote.byteCountMax) else {
      return nil
    }
    do throws(EvidenceError) { return try SignedCheckpoint(parsing: bytes) } catch {
      throw LogError(error, in: file)
    }
  }

  /// Puts the checkpoint beside its tiles, which must be there, and removes what they replace.
  func put(_ checkpoint: SignedCheckpoint) throws(LogError) {
    let file = try OutputFile(path + "/" + Self.checkpointName, here)
    file.write(Array(checkpoint.note.encoded.utf8))
    try file.finish()
    for directory in outdated { Directory.remove(directory) }
  }

  func has(_ tile: TilePath) -> Bool {
    var status = stat()
    return unsafe lstat(path + "/" + tile.text, &status) == 0
      && status.st_mode & S_IFMT == S_IFREG
  }

  mutating func put(_ tile: TilePath, _ bytes: [UInt8]) throws(LogError) {
    let file = path + "/" + tile.text
    try Self.make(String(file.prefix(upTo: file.lastIndex(of: "/") ?? file.endIndex)))
    let output = try OutputFile(file, here)
    output.write(bytes)
    try output.finish()
    written += 1
    if tile.isFull { outdated.append(path + "/" + tile.fullText + ".p") }
  }

  private static func make(_ path: String) throws(LogError) {
    Directory.make(path)
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw LogError(.cannotWrite, "can't make the directory \(path): \(systemText(errno))")
    }
  }
}

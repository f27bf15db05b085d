internal import Bytes
internal import Events

/// What a log says about the programs that may use it.
package struct LogFormat: Hashable, Sendable {
  /// The version of the records and tables.
  package var version: UInt32
  /// The lowest writer version that may append.
  package var lowestWriter: UInt32
  /// Counts restores: receipts of different epochs may disagree.
  package var epoch: UInt32

  /// What this program writes.
  package static let current = LogFormat(version: 1, lowestWriter: 1, epoch: 1)
  /// This program's writer version.
  package static let writer: UInt32 = 1

  package init(version: UInt32, lowestWriter: UInt32, epoch: UInt32) {
    self.version = version
    self.lowestWriter = lowestWriter
    self.epoch = epoch
  }

  var encoded: [UInt8] {
    var out: [UInt8] = []
    out.append(littleEndian: version)
    out.append(littleEndian: lowestWriter)
    out.append(littleEndian: epoch)
    return out
  }

  /// Nil when there are no bytes or they are no format.
  init?(_ bytes: [UInt8]?) {
    guard let bytes else { return nil }
    var reader = ByteReader(bytes.rawSpan)
    version = reader.integer(UInt32.self)
    lowestWriter = reader.integer(UInt32.self)
    epoch = reader.integer(UInt32.self)
    guard !reader.failed, version > 0 else { return nil }
  }

  func checkReadable(_ path: String) throws(LogError) {
    guard version <= LogFormat.current.version else {
      throw LogError(
        .tooOld, "\(path) has format \(version)", expected: "format \(LogFormat.current.version)",
        hint: "Use the version of uetlog that wrote it, or a newer one")
    }
  }

  func checkWritable(_ path: String) throws(LogError) {
    guard lowestWriter <= LogFormat.writer else {
      throw LogError(
        .tooOld, "\(path) takes writers of version \(lowestWriter) and up",
        actual: "version \(LogFormat.writer)", hint: "Use the newer uetlog that others use")
    }
  }
}

extension LogIdentity {
  var encoded: [UInt8] {
    var out: [UInt8] = []
    out.append(id)
    out.append(littleEndian: secret.high)
    out.append(littleEndian: secret.low)
    return out
  }

  init?(_ bytes: [UInt8]?) {
    guard let bytes else { return nil }
    var reader = ByteReader(bytes.rawSpan)
    let id = reader.ulid()
    let secret = Salt(high: reader.integer(UInt64.self), low: reader.integer(UInt64.self))
    guard !reader.failed, reader.remaining == 0 else { return nil }
    self.init(id: id, secret: secret)
  }
}

internal import CLMDB

/// A version of the LMDB library.
package struct LibraryVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let major: Int32
  package let minor: Int32
  package let patch: Int32

  package init(_ major: Int32, _ minor: Int32, _ patch: Int32) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Whether logs may be opened with this version.
  ///
  /// 0.9.26 to 0.9.31 destroy the shared mutexes when the last process leaves, under processes
  /// that are just opening (ITS#9278, reverted by ITS#10095). 1.0 has another file format.
  package var isSupported: Bool {
    self == LibraryVersion(0, 9, 24) || self == LibraryVersion(0, 9, 25)
      || (self >= LibraryVersion(0, 9, 32) && self < LibraryVersion(1, 0, 0))
  }

  package static func < (one: LibraryVersion, other: LibraryVersion) -> Bool {
    (one.major, one.minor, one.patch) < (other.major, other.minor, other.patch)
  }

  package var description: String { "\(major).\(minor).\(patch)" }
}

extension Environment {
  /// The version of LMDB that this program is linked with.
  package static var libraryVersion: LibraryVersion {
    var major: Int32 = 0
    var minor: Int32 = 0
    var patch: Int32 = 0
    _ = unsafe mdb_version(&major, &minor, &patch)
    return LibraryVersion(major, minor, patch)
  }

  /// Refuses versions of LMDB that are known to harm a log.
  package static func checkVersion() throws(LMDBError) {
    guard libraryVersion.isSupported else { throw .unsupportedVersion }
  }
}

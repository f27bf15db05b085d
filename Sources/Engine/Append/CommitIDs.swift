package import Bytes

/// The ids that follow from a commit, so that any two imports of a history agree.
package struct CommitIDs {
  package let hash: String
  package let time: Timestamp

  package init(hash: String, seconds: Int64) {
    self.hash = hash
    // Dates before 1970 and after 2261 occur in broken commits; ids need a time that fits.
    let bounded = min(max(seconds, 0), 9_000_000_000)
    time = Timestamp(milliseconds: bounded * 1000)
  }

  /// The patch that the commit is.
  package var patch: ULID { id("patch") }

  /// The id of one of its events or things: the commit's time, and a digest of hash and purpose.
  package func id(_ purpose: String) -> ULID {
    let digest = Digest.sha256(of: Array("uetlog/git/v1/\(purpose)/\(hash)".utf8)).prefix128
    return ULID(
      milliseconds: UInt64(time.nanoseconds / 1_000_000),
      random: (UInt16(truncatingIfNeeded: digest >> 64), UInt64(truncatingIfNeeded: digest)))
  }
}

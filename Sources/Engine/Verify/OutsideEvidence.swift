package import Bytes
package import Events
package import Evidence

/// What somebody has kept of a log outside of it: to compare the log with.
package struct OutsideEvidence: Sendable {
  /// A checkpoint whose signatures have been looked at.
  package struct KnownCheckpoint: Hashable, Sendable {
    /// What messages call it: its file.
    package var name: String
    package var checkpoint: Checkpoint
    /// The keys whose signatures are right, as `name+id`; empty when none was checked.
    package var signers: [String]

    package init(name: String, checkpoint: Checkpoint, signers: [String]) {
      self.name = name
      self.checkpoint = checkpoint
      self.signers = signers
    }
  }

  /// What a receipt says of an event.
  package struct KnownReceipt: Hashable, Sendable {
    package var position: Position
    package var eventID: ULID
    package var leaf: Digest
    package var epoch: UInt32

    package init(position: Position, eventID: ULID, leaf: Digest, epoch: UInt32) {
      self.position = position
      self.eventID = eventID
      self.leaf = leaf
      self.epoch = epoch
    }
  }

  package var checkpoints: [KnownCheckpoint] = []
  package var receipts: [KnownReceipt] = [] {
    didSet { byPosition = Dictionary(grouping: receipts, by: \.position) }
  }
  /// The keys that seals in the log are checked by.
  package var keys: [VerifierKey] = []
  private(set) var byPosition: [Position: [KnownReceipt]] = [:]

  package init() {}
}

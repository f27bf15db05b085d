package import Engine

extension Receipt {
  /// What a retry is told: the same, as something that was there before.
  package var repeated: Receipt {
    var receipt = self
    receipt.isDuplicate = true
    receipt.reactions = reactions.map(\.repeated)
    return receipt
  }
}

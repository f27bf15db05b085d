extension Int {
  /// The number and the noun, in the plural unless it is one: `1 file`, `2 files`.
  func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}

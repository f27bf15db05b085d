extension String {
  /// With blanks behind it, so that it is as wide as others; unchanged when it is wider.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - Table.width(self)))
  }
}

/// What a key is called: not empty, without white space, control characters and plus signs.
package struct KeyName: Hashable, Sendable, CustomStringConvertible {
  package static let byteCountMax = 128

  package let text: String

  /// Nil when the text is no name of a key.
  package init?(_ text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.count <= Self.byteCountMax else { return nil }
    let isClean = text.unicodeScalars.allSatisfy { scalar in
      scalar != "+" && !scalar.properties.isWhitespace
        && scalar.properties.generalCategory != .control
    }
    guard isClean else { return nil }
    self.text = String(text)
  }

  package var description: String { text }
}

/// What a key is called: not empty, without white space, plus signs and what is not visible.
package struct KeyName: Hashable, Sendable, CustomStringConvertible {
  package static let byteCountMax = 128

  package let text: String

  /// Nil when the text is no name of a key.
  package init?(_ text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.count <= Self.byteCountMax else { return nil }
    let isClean = text.unicodeScalars.allSatisfy { scalar in
      scalar != "+" && !scalar.properties.isWhitespace && Self.isVisible(scalar)
    }
    guard isClean else { return nil }
    self.text = String(text)
  }

  /// Names are shown and compared by eye: nothing in them is hidden or turns what is beside it.
  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse, .surrogate, .unassigned: false
    default: !scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  package var description: String { text }
}

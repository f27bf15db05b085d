/// What a program printed as text that does nothing when it is shown.
enum ExcerptText {
  /// Sequences that colour text or move the cursor are left out, lines end with line feeds, and
  /// what is no text stands as U+FFFD.
  static func text(_ bytes: ArraySlice<UInt8>) -> String {
    var out = String.UnicodeScalarView()
    var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\n", "\t": out.append(scalar)
      case "\r":
        // Progress that overwrites its line becomes lines.
        if scalars.first != "\n" { out.append("\n") }
      case "\u{1B}": skipSequence(&scalars)
      case _ where isHarmless(scalar): out.append(scalar)
      default: out.append("\u{FFFD}")
      }
    }
    return String(out)
  }

  /// Whether a character shows as something, and neither moves a cursor nor turns the direction of
  /// reading.
  static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F: true
    case 0..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: false
    default: true
    }
  }

  /// Leaves out what follows an escape character: the sequences of ECMA-48.
  private static func skipSequence(_ scalars: inout Substring.UnicodeScalarView) {
    switch scalars.first {
    case "[":
      scalars.removeFirst()
      while let scalar = scalars.first, (0x20..<0x40).contains(scalar.value) {
        scalars.removeFirst()
      }
      if let final = scalars.first, (0x40..<0x7F).contains(final.value) { scalars.removeFirst() }
    case "]", "P", "X", "^", "_":
      // Strings end with BEL or ESC \; one that does not is taken for text.
      let end = scalars.prefix(1024).firstIndex { $0 == "\u{7}" || $0 == "\u{1B}" }
      guard let end else {
        scalars.removeFirst()
        return
      }
      let isEscape = scalars[end] == "\u{1B}"
      scalars = scalars[scalars.index(after: end)...]
      if isEscape, scalars.first == "\\" { scalars.removeFirst() }
    case let scalar? where (0x20..<0x30).contains(scalar.value):
      // Such as the choice of a character set: one more follows.
      scalars.removeFirst()
      if let next = scalars.first, isHarmless(next) { scalars.removeFirst() }
    case let scalar? where (0x30..<0x7F).contains(scalar.value): scalars.removeFirst()
    default: break
    }
  }
}

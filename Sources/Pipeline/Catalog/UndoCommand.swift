extension EventDefinition {
  /// The command that undoes an event with this payload; nil when the type names none.
  ///
  /// `{field}` stands for a field of the payload, put into quotes where a shell needs them.
  package func undoCommand(for payload: Payload) -> String? {
    guard let undoCommand else { return nil }
    var filled = ""
    var rest = undoCommand[...]
    while let open = rest.firstIndex(of: "{") {
      filled += rest[..<open]
      rest = rest[rest.index(after: open)...]
      let name = rest.prefix { $0.isLowercase || $0 == "_" }
      if rest.dropFirst(name.count).first == "}", let value = payload.text(String(name)) {
        filled += Self.word(value)
        rest = rest.dropFirst(name.count + 1)
      } else {
        filled += "{"
      }
    }
    return filled + rest
  }

  /// A text as one word of a command line.
  private static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "_-.:/@%+,".utf8.contains(byte)
      }
    }
    if isPlain { return text }
    return "'"
      + text.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#) + "'"
  }
}

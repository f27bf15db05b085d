internal import JSON

extension Replay {
  /// What decides which events are shown, in the words of the command line and in one order.
  ///
  /// A bound that is a position is left out where events after it are still to come.
  var conditions: String {
    let bounds = [("--to", to), ("--until", until)].map { option, text in
      (option, text.flatMap { UInt64($0) == nil ? $0 : nil })
    }
    var given = [
      ("--run", run), ("--stream", stream), ("--category", category), ("--source", source),
      ("--from", from), ("--since", since), ("--last", last.map { String($0) }),
    ]
    given += bounds
    given.append(("--by", by == "log" ? nil : by))
    given += Set(type).sorted().map { ("--type", $0) }
    given += Set(label).sorted().map { ("--label", $0) }
    return given.compactMap { option, value in value.map { "\(option) \(Self.quoted($0))" } }
      .joined(separator: " ")
  }

  /// A value in quotes where it would not be one word otherwise.
  private static func quoted(_ value: String) -> String {
    let isWord = value.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "-_.:=/+@".utf8.contains(byte)
    }
    guard !isWord || value.isEmpty else { return value }
    var writer = JSONWriter()
    writer.string(value)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

internal import JSON

/// JSON over several lines, for people; tokens stay as they are.
enum PrettyJSON {
  /// The value with two blanks per level, every line after the first behind `indent`.
  static func text(_ document: JSONDocument, _ node: JSONNode, indent: String = "") -> String {
    var out: [UInt8] = []
    write(document, node, Array(("\n" + indent).utf8), &out)
    return String(decoding: SafeText.escapedJSON(out), as: UTF8.self)
  }

  private static func write(
    _ document: JSONDocument, _ node: JSONNode, _ newLine: [UInt8], _ out: inout [UInt8]
  ) {
    let inner = newLine + [0x20, 0x20]
    var isFirst = true
    switch document.kind(node) {
    case .object where document.count(node) > 0:
      out.append(UInt8(ascii: "{"))
      document.forEachMember(node) { key, value in
        separate(&isFirst, inner, &out)
        out += document.compacted(key)
        out += [UInt8(ascii: ":"), 0x20]
        write(document, value, inner, &out)
      }
      out += newLine
      out.append(UInt8(ascii: "}"))
    case .array where document.count(node) > 0:
      out.append(UInt8(ascii: "["))
      document.forEachElement(node) { value in
        separate(&isFirst, inner, &out)
        write(document, value, inner, &out)
      }
      out += newLine
      out.append(UInt8(ascii: "]"))
    default: out += document.compacted(node)
    }
  }

  private static func separate(_ isFirst: inout Bool, _ inner: [UInt8], _ out: inout [UInt8]) {
    if !isFirst { out.append(UInt8(ascii: ",")) }
    isFirst = false
    out += inner
  }
}

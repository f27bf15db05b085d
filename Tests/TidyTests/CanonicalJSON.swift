/// A JSON text laid out anew: two spaces per level, one member or element per line.
func canonicalJSON(_ text: [UInt8]) -> [UInt8] {
  var output: [UInt8] = []
  var depth = 0
  var isInString = false
  var isEscaped = false
  func newLine() {
    output.append(UInt8(ascii: "\n"))
    output += [UInt8](repeating: UInt8(ascii: " "), count: 2 * depth)
  }
  for byte in text {
    if isInString {
      output.append(byte)
      if !isEscaped, byte == UInt8(ascii: "\"") { isInString = false }
      isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
      continue
    }
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth = max(0, depth - 1)
      let isEmpty = output.last == UInt8(ascii: "{") || output.last == UInt8(ascii: "[")
      if !isEmpty { newLine() }
      output.append(byte)
    default:
      if output.last == UInt8(ascii: "{") || output.last == UInt8(ascii: "[") { newLine() }
      output.append(byte)
      if byte == UInt8(ascii: "\"") { isInString = true }
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: ",") { newLine() }
      if byte == UInt8(ascii: ":") { output.append(UInt8(ascii: " ")) }
    }
  }
  return output + [UInt8(ascii: "\n")]
}

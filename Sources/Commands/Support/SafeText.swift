/// Text from events, made safe to show: nothing in it moves a cursor, changes a colour, or turns
/// the direction of reading.
enum SafeText {
  /// The text with everything that is not visible written out: `\n`, `\u{1b}`, `\xff`.
  static func escaped(_ text: some Collection<UInt8>) -> String {
    let bytes = Array(text)
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      return String(decoding: bytes, as: UTF8.self)
    }
    var out = ""
    forEachScalar(bytes) { scalar, byte in
      guard let scalar else {
        out += "\\x" + hex(UInt32(byte), width: 2)
        return
      }
      if isVisible(scalar) { out.unicodeScalars.append(scalar) } else { out += escape(scalar) }
    }
    return out
  }

  static func escaped(_ text: String) -> String { escaped(text.utf8) }

  /// The same, but line feeds stay and the lines after the first are indented.
  static func escapedLines(_ text: String, indent: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }
      .joined(separator: "\n" + indent)
  }

  /// JSON with invisible characters as `\u` escapes: the same value, safe on a terminal.
  static func escapedJSON(_ json: [UInt8]) -> [UInt8] {
    if json.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return json }
    var out: [UInt8] = []
    out.reserveCapacity(json.count)
    forEachScalar(json) { scalar, byte in
      guard let scalar else {
        out += Array("\\ufffd".utf8)
        return
      }
      // Line feeds stand between tokens only.
      if isVisible(scalar) || scalar == "\n" {
        out += Array(String(scalar).utf8)
      } else {
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
          out += Array(("\\u" + hex(UInt32(unit), width: 4)).utf8)
        }
      }
    }
    return out
  }

  /// Calls `body` with each scalar, or with nil and the byte that belongs to none.
  private static func forEachScalar(
    _ bytes: [UInt8], _ body: (_ scalar: Unicode.Scalar?, _ byte: UInt8) -> Void
  ) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        body(Unicode.Scalar(byte), byte)
        index += 1
        continue
      }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      let end = min(index + length, bytes.count)
      let character = String(validating: bytes[index..<end], as: UTF8.self)
      if let character, let scalar = character.unicodeScalars.first,
        character.unicodeScalars.count == 1
      {
        body(scalar, byte)
        index = end
      } else {
        body(nil, byte)
        index += 1
      }
    }
  }

  /// Whether a scalar shows as itself and does nothing else.
  ///
  /// Joiners and the selectors of a character's look count as visible: scripts and symbols need
  /// them. All else that shows as nothing is hidden text.
  static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    if scalar.value == 0x200C || scalar.value == 0x200D { return true }
    if scalar.properties.isDefaultIgnorableCodePoint {
      return (0xFE00...0xFE0F).contains(scalar.value)
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      return false
    default: return true
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{" + String(scalar.value, radix: 16) + "}"
    }
  }

  private static func hex(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

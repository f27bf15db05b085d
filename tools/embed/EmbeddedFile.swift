import Foundation

/// One JSON file, minified, with its path below the root.
struct EmbeddedFile {
  let path: String
  let content: String

  init(path: String, root: String) throws {
    self.path = path
    let file = URL(filePath: root).appending(path: path)
    guard let bytes = minified(try Data(contentsOf: file)) else {
      throw EmbedError.unterminatedString(path: path)
    }
    guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
      throw EmbedError.notText(path: path)
    }
    content = text
  }

  /// The event type that this file describes, with the version of its schema.
  ///
  /// `events/patch/patch_created.v1.json` is version 1 of `patch_created`.
  var event: (type: String, version: Int)? {
    let parts = path.split(separator: "/")
    guard parts.count == 3, parts[0] == "events" else { return nil }
    let words = parts[2].split(separator: ".", omittingEmptySubsequences: false)
    guard words.count == 3, words[1].first == "v", words[2] == "json",
      let version = Int(words[1].dropFirst())
    else { return nil }
    return (String(words[0]), version)
  }
}

/// The JSON text without the whitespace between its tokens; nil if a string does not end on its
/// line.
func minified(_ json: some Sequence<UInt8>) -> [UInt8]? {
  var result: [UInt8] = []
  var inString = false
  var escaped = false
  for byte in json {
    if inString {
      if byte < 0x20 { return nil }
      result.append(byte)
      if escaped {
        escaped = false
      } else if byte == UInt8(ascii: "\\") {
        escaped = true
      } else if byte == UInt8(ascii: "\"") {
        inString = false
      }
      continue
    }
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): continue
    case UInt8(ascii: "\""): inString = true
    default: break
    }
    result.append(byte)
  }
  return inString ? nil : result
}

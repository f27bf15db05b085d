import JSON
import Testing

@testable import Commands

@Suite struct SafeTextTests {
  @Test func `of all 256 bytes only visible ASCII passes by itself`() {
    for byte in UInt8.min...UInt8.max {
      let shown = SafeText.escaped([byte])
      let isPlain = byte >= 0x20 && byte < 0x7F
      #expect(shown.utf8.elementsEqual([byte]) == isPlain, "byte \(byte): \(shown)")
      #expect(shown.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }
    #expect(SafeText.escaped([0x0A, 0x1B, 0x80, 0x41]) == #"\n\u{1b}\x80A"#)
  }

  @Test func `controls and marks of direction are written out`() {
    let bidi: [UInt32] = [0x61C, 0x200E, 0x200F] + Array(0x202A...0x202E) + Array(0x2066...0x2069)
    let others: [UInt32] = [0xFEFF, 0x2028, 0x2029, 0xAD] + Array(0x80...0x9F)
    for value in bidi + others {
      guard let scalar = Unicode.Scalar(value) else { continue }
      #expect(SafeText.escaped(String(scalar)) == "\\u{" + String(value, radix: 16) + "}")
    }
    #expect(SafeText.escaped("Zoë 日本 🙂") == "Zoë 日本 🙂")
  }

  @Test func `letters that show as nothing are written out, selectors of a look are not`() {
    for value: UInt32 in [0x34F, 0x115F, 0x180E, 0x200B, 0x3164, 0xFFA0, 0xE0041, 0xE0100] {
      guard let scalar = Unicode.Scalar(value) else { continue }
      #expect(SafeText.escaped(String(scalar)) == "\\u{" + String(value, radix: 16) + "}")
    }
    #expect(SafeText.escaped("\u{2764}\u{FE0F} 👩\u{200D}💻") == "\u{2764}\u{FE0F} 👩\u{200D}💻")
  }

  @Test func `bytes that are no text are shown one by one`() {
    #expect(SafeText.escaped([0xE2, 0x80]) == #"\xe2\x80"#)
    #expect(SafeText.escaped([0x61, 0xF0, 0x9F, 0x62]) == #"a\xf0\x9fb"#)
    // An overlong line feed.
    #expect(SafeText.escaped([0xC0, 0x8A]) == #"\xc0\x8a"#)
  }

  @Test func `JSON for a terminal is the same value`() throws {
    let json = Array("{\"a\":\"\u{202E}\u{9B}\u{7F}😀\u{E0001}\"}".utf8)
    let safe = SafeText.escapedJSON(json)
    #expect(
      String(decoding: safe, as: UTF8.self)
        == #"{"a":"\u202e\u009b\u007f😀\udb40\udc01"}"#)
    let before = try JSONDocument(parsing: json)
    let after = try JSONDocument(parsing: safe)
    let path = ["a"]
    #expect(
      before.member(before.root, path: path).flatMap { before.string($0) }
        == after.member(after.root, path: path).flatMap { after.string($0) })
  }

  @Test func `JSON over several lines is the same value`() throws {
    let json = Array(#"{"a":[1,{"b":"x\ny"}],"c":{},"d":[]}"#.utf8)
    let document = try JSONDocument(parsing: json)
    let text = PrettyJSON.text(document, document.root)
    #expect(
      text == """
        {
          "a": [
            1,
            {
              "b": "x\\ny"
            }
          ],
          "c": {},
          "d": []
        }
        """)
    let again = try JSONDocument(parsing: Array(text.utf8))
    #expect(again.compacted(again.root) == json)
  }
}

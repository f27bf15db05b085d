import Bytes
import Testing

@Suite struct DigestTests {
  private static let text = "0123456789abcdef0123456789ABCDEF00000000000000000000000000fffefd"

  @Test func `hexadecimal digits make a digest and come out again`() throws {
    let digest = try #require(Digest(hex: Array(Self.text.utf8)))
    #expect(digest.description == Self.text.lowercased())
    #expect(digest.bytes.first == 0x01 && digest.bytes.last == 0xFD)
  }

  @Test(arguments: ["", "0", "g", "\u{FF10}", " "])
  func `anything else makes none`(_ wrong: String) {
    var text = Array(Self.text.utf8)
    text.replaceSubrange(0..<1, with: wrong.utf8)
    #expect((Digest(hex: text) == nil) == (wrong != "0"))
    #expect(Digest(hex: Array(Self.text.utf8) + [0x30]) == nil)
  }
}

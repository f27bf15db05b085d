import JSON
import Testing

struct WriterTests {
  @Test func `commas are put between values only`() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("a")
    writer.beginArray()
    writer.int(1)
    writer.int(UInt64.max)
    writer.beginObject()
    writer.endObject()
    writer.null()
    writer.endArray()
    writer.key("b")
    writer.bool(true)
    writer.key("c")
    writer.raw(Array("[1, 2]".utf8))
    writer.key("d")
    writer.string(bytes: Array("x".utf8).span)
    writer.endObject()
    #expect(
      writer.text == #"{"a":[1,18446744073709551615,{},null],"b":true,"c":[1, 2],"d":"x"}"#)
  }

  @Test func `quotes, backslashes and control characters are escaped`() {
    #expect(JSONWriter.escaped("a\"b\\c/\n\t\r\u{8}\u{C}") == #""a\"b\\c/\n\t\r\b\f""#)
    #expect(JSONWriter.escaped("\u{0}\u{1F}\u{7F}é") == "\"\\u0000\\u001F\u{7F}é\"")
  }
}

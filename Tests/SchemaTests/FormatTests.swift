import JSON
import Schema
import Testing

struct FormatTests {
  private func accepts(_ format: String, _ text: String) throws -> Bool {
    let schema = try SchemaCompiler().compile(Array(#"{"format":"\#(format)"}"#.utf8), id: "test")
    let document = try JSONDocument(parsing: Array(JSONWriter.escaped(text).utf8))
    return schema.isValid(document, document.root)
  }

  @Test(arguments: [
    ("date-time", "2026-11-22T16:13:38Z"), ("date-time", "2024-02-29t00:00:00.1+23:59"),
    ("date-time", "1998-12-31T23:59:60Z"), ("date-time", "1998-12-31T15:59:60-08:00"),
    ("date", "2000-02-29"), ("time", "00:00:00Z"), ("time", "01:29:60+01:30"),
    ("email", "a.b+c@example.com"), ("email", "\"a b\"@example.com"), ("email", "x@[127.0.0.1]"),
    ("email", "x@[IPv6:::1]"), ("hostname", "a"), ("hostname", "1.2-3.x"), ("ipv4", "0.0.0.0"),
    ("ipv4", "255.255.255.255"), ("ipv6", "::"), ("ipv6", "::1"), ("ipv6", "1::"),
    ("ipv6", "1:2:3:4:5:6:7:8"), ("ipv6", "1:2:3:4:5:6:1.2.3.4"), ("ipv6", "::ffff:1.2.3.4"),
    ("ipv6", "1::2:3"), ("ipv6", "1:2:3:4:5:6:7::"), ("uri", "a:"),
    ("uri", "http://[::1]:80/a?b#c"),
    ("uri", "urn:isbn:0"), ("uri-reference", ""), ("uri-reference", "../a?b"),
    ("uri-reference", "a/b:c"), ("uri-reference", "?a:b"), ("json-pointer", ""),
    ("json-pointer", "/a~0~1/"), ("relative-json-pointer", "0"), ("relative-json-pointer", "10#"),
    ("regex", "(?=a)\\1x"), ("regex", "[a-z]{1,5000}"),
  ])
  func `text of a format is accepted`(_ format: String, _ text: String) throws {
    #expect(try accepts(format, text))
  }

  @Test(arguments: [
    ("date-time", "2026-11-22 16:13:38Z"), ("date-time", "2026-11-22T16:13:38"),
    ("date-time", "2026-11-22T24:00:00Z"), ("date-time", "2026-11-22T16:13:60Z"),
    ("date-time", "2026-11-22T16:13:38.Z"), ("date-time", "2026-11-22T16:13:38Z "),
    ("date-time", "2026-11-22T16:13:38+24:00"), ("date", "2023-02-29"), ("date", "1900-02-29"),
    ("date", "2023-13-01"), ("date", "2023-04-31"), ("date", "2023-00-10"), ("date", "2023-1-1"),
    ("time", "12:60:00Z"), ("time", "1:00:00Z"), ("time", "٠1:00:00Z"), ("email", "@x.y"),
    ("email", "a@"), ("email", "a..b@x"), ("email", ".a@x"), ("email", "a.@x"), ("email", "a b@x"),
    ("email", "x@[127.0.0.256]"), ("hostname", ""), ("hostname", "a..b"), ("hostname", "-a"),
    ("hostname", "a-"), ("hostname", "a_b"), ("hostname", "a."), ("hostname", "é"),
    ("ipv4", "1.2.3"), ("ipv4", "1.2.3.4.5"), ("ipv4", "256.1.1.1"), ("ipv4", "01.1.1.1"),
    ("ipv4", "1.2.3.4 "), ("ipv4", "0x7f.1.1.1"), ("ipv6", ""), ("ipv6", ":"), ("ipv6", ":::"),
    ("ipv6", "1:2:3:4:5:6:7"), ("ipv6", "1:2:3:4:5:6:7:8:9"), ("ipv6", "1::2::3"),
    ("ipv6", "12345::"), ("ipv6", "::1%eth0"), ("ipv6", "1:2:3:4:5:6:7:1.2.3.4"), ("ipv6", "1:"),
    ("ipv6", ":1"), ("ipv6", "::1.2.3"), ("ipv6", "1:2:3:4::5:6:7:8"), ("uri", "//a"),
    ("uri", "a b:c"), ("uri", "http://a b"), ("uri", "http://[::1"), ("uri", "http://a:b"),
    ("uri", "a:%zz"), ("uri", "a:é"), ("uri", "a:#b#c"), ("uri", "1a:b"), ("uri", "http://a@b@c"),
    ("uri-reference", "a:b c"), ("uri-reference", ":a"), ("uri-reference", "a,b:c"),
    ("json-pointer", "a"), ("json-pointer", "/~"), ("json-pointer", "/~2"),
    ("relative-json-pointer", "01"), ("relative-json-pointer", "/a"),
    ("relative-json-pointer", "0##"), ("relative-json-pointer", "-1"), ("regex", "("),
    ("regex", "a**"), ("regex", "\\Z"),
  ])
  func `other text is refused`(_ format: String, _ text: String) throws {
    #expect(try !accepts(format, text))
  }
}

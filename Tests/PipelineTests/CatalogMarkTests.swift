import Pipeline
import Testing

struct CatalogMarkTests {
  @Test func `the written-down digest is that of the schema files`() {
    #expect(
      CatalogMark.current.digest == CatalogMark.computedDigest,
      """
      A schema has changed: raise CatalogMark.current.number, unless this digest was never \
      released, and write 0x\(String(CatalogMark.computedDigest, radix: 16, uppercase: true)) there.
      """)
  }

  @Test func `marks are read back as they were written, and nothing else is`() {
    let mark = CatalogMark(number: 3, digest: 0x0102_0304_0506_0708)
    #expect(CatalogMark(mark.encoded) == mark)
    #expect(mark.encoded == [3, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1])
    #expect(CatalogMark(Array(mark.encoded.dropLast())) == nil)
    #expect(CatalogMark(mark.encoded + [0]) == nil)
    #expect("\(mark)" == "3 (0102030405060708)")
  }
}

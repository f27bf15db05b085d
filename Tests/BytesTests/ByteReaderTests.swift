internal import Bytes
internal import TestSupport
import Testing

@Suite struct ByteReaderTests {
  /// One of everything, and what reading it gives.
  private func fields() -> [UInt8] {
    var out: [UInt8] = []
    out.append(0xAB)
    out.append(littleEndian: UInt16(0x1234))
    out.append(littleEndian: Int64(-2))
    out.append(ULID(high: 0x0102_0304_0506_0708, low: 9))
    out.append(shortText: "text")
    out.append(littleEndian: UInt128(77))
    return out
  }

  private func read(_ bytes: [UInt8]) -> (String, failed: Bool) {
    var reader = ByteReader(bytes.rawSpan)
    var out = "\(reader.integer(UInt8.self)) \(reader.integer(UInt16.self))"
    out += " \(reader.integer(Int64.self)) \(reader.ulid().high) \(reader.shortText())"
    out += " \(reader.integer(UInt128.self)) \(reader.remaining)"
    return (out, reader.failed)
  }

  @Test func `what was written is read`() {
    let (text, failed) = read(fields())
    #expect(text == "171 4660 -2 72623859790382856 [116, 101, 120, 116] 77 0")
    #expect(!failed)
  }

  @Test func `reading any truncation fails and never traps`() {
    let bytes = fields()
    for count in 0..<bytes.count { #expect(read(Array(bytes[..<count])).failed, "\(count)") }
  }

  @Test func `a read that failed fails all later ones`() {
    let bytes: [UInt8] = [1, 2, 3]
    var reader = ByteReader(bytes.rawSpan)
    let (wide, narrow) = (reader.integer(UInt64.self), reader.integer(UInt8.self))
    let failed = reader.failed
    #expect(wide == 0 && narrow == 0)
    #expect(failed)
  }

  @Test func `absurd counts fail`() {
    let bytes: [UInt8] = [1, 2, 3]
    for count in [4, Int.max, -1, Int.min] {
      var reader = ByteReader(bytes.rawSpan)
      let (array, failed) = (reader.array(count), reader.failed)
      #expect(array == [])
      #expect(failed)
      var skipping = ByteReader(bytes.rawSpan)
      skipping.skip(count)
      let (stopped, offset) = (skipping.failed, skipping.offset)
      #expect(stopped)
      #expect(offset == 0)
    }
  }

  @Test func `identifiers and digests keep the order of their bytes`() {
    #expect(ULID(high: 1, low: 2).bytes == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2])
    let digest = Digest.sha256(of: Array("abc".utf8))
    #expect(
      digest.description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(digest.prefix64 == 0xba78_16bf_8f01_cfea)
    #expect(digest.prefix128 == 0xba78_16bf_8f01_cfea_4141_40de_5dae_2223)
    #expect(Digest(digest.bytes) == digest)
    #expect(Digest(digest.bytes.dropLast()) == nil)
    #expect(Digest(digest.bytes + [0]) == nil)
  }
}

@Suite struct EntropyTests {
  @Test func `a seed repeats its sequence and no other`() {
    var (one, same, other) = (
      SeededEntropy(seed: 1), SeededEntropy(seed: 1), SeededEntropy(seed: 2)
    )
    let numbers = (0..<100).map { _ in one.next() }
    #expect(numbers == (0..<100).map { _ in same.next() })
    #expect(numbers != (0..<100).map { _ in other.next() })
  }

  @Test func `the system's numbers do not repeat, whatever the block`() {
    for blockCount in [-1, 0, 1, 8, 32, 1000] {
      var entropy = SystemEntropy(blockCount: blockCount)
      let numbers = (0..<200).map { _ in entropy.next() }
      #expect(Set(numbers).count == 200, "block of \(blockCount)")
    }
  }
}

import Bytes
import JSON
import Testing

struct RoundTripTests {
  /// A random document, written twice: compact, and with whitespace and escapes strewn in.
  private struct Sample {
    var writer = JSONWriter()
    var loose = ""
    var random: SeededEntropy

    init(seed: UInt64) {
      random = SeededEntropy(seed: seed)
      value(depth: 0)
    }

    mutating func space() {
      guard Int.random(in: 0..<3, using: &random) == 0 else { return }
      loose += [" ", "\n", "\t", "\r\n", "   "].randomElement(using: &random) ?? " "
    }

    mutating func text() -> String {
      let scalars: [Unicode.Scalar] = [
        "a", "b", "\"", "\\", "\n", "\u{0}", "\u{1F}", "é", "€", "\u{1F600}", "/", " ", "\u{7F}",
        "z",
      ]
      var text = ""
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        text.unicodeScalars.append(scalars.randomElement(using: &random) ?? "a")
      }
      return text
    }

    mutating func value(depth: Int) {
      switch Int.random(in: 0..<(depth > 4 ? 4 : 6), using: &random) {
      case 0:
        writer.null()
        loose += "null"
      case 1:
        let flag = Bool.random(using: &random)
        writer.bool(flag)
        loose += "\(flag)"
      case 2:
        let number = Int.random(in: -1000...1000, using: &random)
        writer.int(number)
        loose += "\(number)"
      case 3:
        let text = text()
        writer.string(text)
        loose += JSONWriter.escaped(text)
      case 4: array(depth)
      default: object(depth)
      }
    }

    mutating func array(_ depth: Int) {
      writer.beginArray()
      loose += "["
      space()
      let count = Int.random(in: 0...5, using: &random)
      for index in 0..<count {
        value(depth: depth + 1)
        space()
        if index + 1 < count { loose += "," }
        space()
      }
      loose += "]"
      writer.endArray()
    }

    mutating func object(_ depth: Int) {
      writer.beginObject()
      loose += "{"
      space()
      let count = Int.random(in: 0...40, using: &random) / (depth + 1)
      for index in 0..<count {
        let key = "\(index)" + text()
        writer.key(key)
        loose += JSONWriter.escaped(key)
        space()
        loose += ":"
        space()
        value(depth: depth + 1)
        space()
        if index + 1 < count { loose += "," }
        space()
      }
      loose += "}"
      writer.endObject()
    }
  }

  private func rewrite(_ document: JSONDocument, _ node: JSONNode, _ writer: inout JSONWriter) {
    switch document.kind(node) {
    case .null: writer.null()
    case .bool: writer.bool(document.bool(node) ?? false)
    case .number: writer.int(document.int64(node) ?? 0)
    case .string:
      let content = document.stringBytes(node) ?? []
      writer.string(bytes: content.span)
    case .array:
      writer.beginArray()
      document.forEachElement(node) { rewrite(document, $0, &writer) }
      writer.endArray()
    case .object:
      writer.beginObject()
      document.forEachMember(node) { key, value in
        writer.key(document.string(key) ?? "")
        rewrite(document, value, &writer)
      }
      writer.endObject()
    }
  }

  @Test(arguments: 1...200)
  func `what is written is read back, token by token`(_ seed: UInt64) throws {
    let sample = Sample(seed: seed)
    let compact = try JSONDocument(parsing: sample.writer.bytes)
    #expect(compact.compacted(compact.root) == sample.writer.bytes, "seed \(seed)")
    let loose = try JSONDocument(parsing: Array(sample.loose.utf8))
    #expect(loose.compacted(loose.root) == sample.writer.bytes, "seed \(seed)")
    var writer = JSONWriter()
    rewrite(loose, loose.root, &writer)
    #expect(writer.bytes == sample.writer.bytes, "seed \(seed)")
  }

  @Test(arguments: 1...300)
  func `damaged bytes never read as what they are not`(_ seed: UInt64) {
    var random = SeededEntropy(seed: seed)
    var bytes = Sample(seed: seed).writer.bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &random)
      bytes[index] = UInt8.random(in: 0...255, using: &random)
    }
    guard let document = try? JSONDocument(parsing: bytes) else { return }
    // Whatever is accepted survives a second reading unchanged.
    let compact = document.compacted(document.root)
    let again = try? JSONDocument(parsing: compact)
    #expect(again?.bytes == compact, "seed \(seed)")
    #expect(again?.nodeCount == document.nodeCount, "seed \(seed)")
    #expect(String(validating: bytes, as: UTF8.self) != nil, "seed \(seed)")
  }
}

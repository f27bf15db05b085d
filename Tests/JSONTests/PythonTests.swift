import Bytes
import Foundation
import JSON
import Testing

struct PythonTests {
  /// Python is laxer than RFC 8259 in a few known ways; the script closes those gaps.
  private static let script = """
    import json, sys
    def pairs(items):
        keys = [k for k, _ in items]
        assert len(keys) == len(set(keys))
        return dict(items)
    def refuse(name): raise ValueError(name)
    out = []
    for line in sys.stdin.buffer.read().split(b"\\0\\0"):
        try:
            text = line.decode("utf-8")
            assert not text.startswith("\\ufeff")
            value = json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)
            json.dumps(value, ensure_ascii=False).encode("utf-8")
            out.append("y")
        except Exception: out.append("n")
    print("".join(out))
    """

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
  func `verdicts are those of Python's json module`() throws {
    var samples = (Cases.accepted + Cases.rejected).map { Array($0.utf8) }
    samples += Cases.badUTF8.map { [0x22] + $0 + [0x22] }
    var random = SeededEntropy(seed: 0x9A7B)
    let seeds = samples
    for _ in 0..<4_000 {
      var bytes = seeds.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...2, using: &random) where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        let alphabet = Array(#"[]{},:"\0123eE+-. ntu/"#.utf8)
        bytes[index] = alphabet.randomElement(using: &random) ?? 0x20
      }
      samples.append(bytes)
    }
    // The limit on a number's length is ours alone, and a NUL pair separates the samples.
    samples = samples.filter { $0.count < 65 && !$0.contains(0) }
    let verdicts = try python(Data(samples.joined(separator: [0, 0])))
    #expect(verdicts.count == samples.count)
    for (sample, verdict) in zip(samples, verdicts) {
      let ours = (try? JSONDocument(parsing: sample)) != nil
      #expect(ours == (verdict == UInt8(ascii: "y")), "\(String(decoding: sample, as: UTF8.self))")
    }
  }

  private func python(_ input: Data) throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "json-\(ProcessInfo.processInfo.processIdentifier)")
    try input.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", Self.script]
    process.standardInput = try FileHandle(forReadingFrom: file)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Array(output).filter { $0 != 0x0A }
  }
}

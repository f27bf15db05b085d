internal import Glibc

/// A process that holds the lock of a log's writers.
package struct LockHolder: Hashable, Sendable {
  /// 0 when it can't be told which.
  package var process: Int
  /// What it runs, like `uetlog compact`; nil when that can't be told.
  package var program: String?

  /// The process that /proc/locks names for a directory with this number; nil when it names none.
  ///
  /// A line there is like `1: FLOCK  ADVISORY  WRITE 812 08:02:13 0 EOF`.
  init?(ofDirectory node: UInt64) {
    let text = Self.read("/proc/locks", byteCountMax: 1 << 20)
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 5, words[1] == "FLOCK", words[5].hasSuffix(":\(node)"),
        // A process of another container has no number here.
        let process = Int(words[4]), process > 0
      else { continue }
      self.init(process: process)
      return
    }
    return nil
  }

  init(process: Int) {
    self.process = process
    program = process > 0 ? Self.program(of: process) : nil
  }

  /// Its name, and of uetlog the command too; never its arguments, which may be secret.
  private static func program(of process: Int) -> String? {
    let words = read("/proc/\(process)/cmdline", byteCountMax: 4096).split(
      separator: 0, omittingEmptySubsequences: false)
    guard let path = words.first,
      let name = path.split(separator: UInt8(ascii: "/")).last, name.count <= 64
    else { return nil }
    let program = String(decoding: name, as: UTF8.self)
    guard program == "uetlog", words.count > 1, (1...16).contains(words[1].count),
      words[1].allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
    else { return program }
    return program + " " + String(decoding: words[1], as: UTF8.self)
  }

  private static func read(_ path: String, byteCountMax: Int) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 16 << 10)
    let byteCount = block.count
    while text.count < byteCountMax {
      let count = unsafe Glibc.read(descriptor, &block, byteCount)
      guard count > 0 else { break }
      text += block[..<count]
    }
    return text
  }
}

extension LockHolder: CustomStringConvertible {
  package var description: String {
    guard process > 0 else { return "some process" }
    return "process \(process)" + (program.map { " (\($0))" } ?? "")
  }
}

import Foundation

/// Writes a Swift file that carries JSON files as string literals.
///
/// Usage: `embed ENUM ROOT OUTPUT STAMP`. The output extends `ENUM` with every `.json` file below
/// `ROOT`, sorted bytewise by path; a folder `examples` directly in `ROOT` is left out. `STAMP` is
/// rewritten each time, the output only when it differs.
@main
struct Main {
  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("embed: \(error)\n".utf8))
      exit(1)
    }
  }

  static func run(_ arguments: [String]) throws {
    guard arguments.count == 4 else { throw EmbedError.usage }
    let (name, root, output, stamp) = (arguments[0], arguments[1], arguments[2], arguments[3])
    let files = try FileManager.default.subpathsOfDirectory(atPath: root)
      .filter { $0.hasSuffix(".json") && !$0.hasPrefix("examples/") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .map { try EmbeddedFile(path: $0, root: root) }
    let swift = Data(try Table(enumName: name, files: files).swift.utf8)
    if (try? Data(contentsOf: URL(filePath: output))) != swift {
      try swift.write(to: URL(filePath: output), options: .atomic)
    }
    try Data("\(Date().timeIntervalSince1970)\n".utf8).write(to: URL(filePath: stamp))
  }
}

/// Why nothing was written.
enum EmbedError: Error, CustomStringConvertible {
  case usage
  case notText(path: String)
  case unterminatedString(path: String)
  case sameType(String, String, String)

  var description: String {
    switch self {
    case .usage: "usage: embed ENUM ROOT OUTPUT STAMP"
    case .notText(let path): "\(path) is empty or not UTF-8"
    case .unterminatedString(let path): "\(path) has a string that does not end on its line"
    case .sameType(let type, let first, let second): "\(type) is in \(first) and in \(second)"
    }
  }
}

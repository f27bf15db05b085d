import Foundation

/// Writes a Swift file that carries JSON files as string literals.
///
/// Usage: `embed ENUM ROOT OUTPUT [FILE…]`, where every file lies below `ROOT`. The output extends
/// `ENUM` with the files sorted bytewise by their path below `ROOT`.
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
    guard arguments.count >= 3 else { throw EmbedError.usage }
    let (name, root, output) = (arguments[0], arguments[1], arguments[2])
    let files = try arguments.dropFirst(3).map { try EmbeddedFile(at: $0, below: root) }
      .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    let swift = try Table(enumName: name, files: files).swift
    try Data(swift.utf8).write(to: URL(filePath: output), options: .atomic)
  }
}

/// Why nothing was written.
enum EmbedError: Error, CustomStringConvertible {
  case usage
  case outside(file: String, root: String)
  case notText(file: String)
  case unterminatedString(file: String)
  case sameType(String, String, String)

  var description: String {
    switch self {
    case .usage: "usage: embed ENUM ROOT OUTPUT [FILE…]"
    case .outside(let file, let root): "\(file) is not below \(root)"
    case .notText(let file): "\(file) is empty or not UTF-8"
    case .unterminatedString(let file): "\(file) has a string that does not end"
    case .sameType(let type, let first, let second): "\(type) is in \(first) and in \(second)"
    }
  }
}

internal import Configuration
internal import Events
internal import Glibc

/// A file that a command was told to read; `-`, or none, is standard input.
struct InputFile {
  /// What it is called in messages.
  let name: String
  let bytes: [UInt8]

  init(_ file: String?, byteCountMax: Int, _ here: Surroundings) throws(LogError) {
    if file == nil, isatty(STDIN_FILENO) == 1 {
      throw LogError(
        .usage, "there is no FILE, and nothing comes on standard input",
        hint: "Name the file, or pass its text: `… < FILE`; - means what is typed here")
    }
    guard let file, file != "-" else {
      name = "standard input"
      bytes = try Files.contents(of: STDIN_FILENO, name: name, byteCountMax: byteCountMax)
      return
    }
    name = file
    guard let contents = try Files.contents(here.absolute(file), byteCountMax: byteCountMax) else {
      throw LogError(.notFound, "there is no file \(file)")
    }
    bytes = contents
  }
}

package import Diff
internal import JSON
internal import Policy

/// A program that is to be run.
package struct PlannedCommand: Hashable, Sendable {
  /// The program, then its arguments, as bytes: names of files need not be text.
  package let words: [[UInt8]]
  /// The variable that holds the files; nil when the program does not get them this way.
  package let variable: Variable?

  package struct Variable: Hashable, Sendable {
    package let name: String
    /// A JSON array of paths.
    package let value: String
  }
}

/// A check and the commands that it takes: several when the files are too many for one.
package struct PlannedCheck: Hashable, Sendable {
  package let check: Check
  package let commands: [PlannedCommand]
}

/// Which checks are to be run for a set of changed paths.
package struct CheckPlan: Hashable, Sendable {
  /// In the order of the list of checks.
  package let checks: [PlannedCheck]

  /// The most bytes that the names of files take in one command: systems limit an argument and a
  /// variable to 128 KiB.
  package static let filesByteCountMax = 64 << 10

  /// - Parameters:
  ///   - changedPaths: what the patch touches, from the top of the repository; both names of a
  ///     renamed file.
  ///   - isRegularFile: whether a path is a file in the work tree now. Deleted files are a reason
  ///     to run a check and are not passed to its program, nor are links and submodules.
  package init(
    _ checks: [Check], changedPaths: [DiffPath], isRegularFile: (DiffPath) -> Bool
  ) {
    let paths = Set(changedPaths).sorted()
    self.checks = checks.compactMap { check in
      let matching = paths.filter { path in
        check.rules.contains { $0.matchesFoldingCase(path) }
      }
      if matching.isEmpty { return nil }
      if let needed = check.neededFile, !isRegularFile(DiffPath(needed)) { return nil }
      guard check.takesFiles else {
        return PlannedCheck(check: check, commands: [Self.command(of: check, [])])
      }
      let files = matching.filter(isRegularFile).map { Self.harmless($0.bytes) }
      if files.isEmpty { return nil }
      return PlannedCheck(
        check: check, commands: Self.batches(files).map { Self.command(of: check, $0) })
    }
  }

  /// The path in a form that no program takes for an option or for a file of arguments.
  private static func harmless(_ path: [UInt8]) -> [UInt8] {
    switch path.first ?? 0 {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), 0x80...0xFF:
      path
    default: Array("./".utf8) + path
    }
  }

  private static func batches(_ files: [[UInt8]]) -> [ArraySlice<[UInt8]>] {
    var batches: [ArraySlice<[UInt8]>] = []
    var start = 0
    var byteCount = 0
    for (index, file) in files.enumerated() {
      // What it takes in JSON, which is the longer form.
      let cost = JSONWriter.escaped(String(decoding: file, as: UTF8.self)).utf8.count + 1
      if byteCount + cost > filesByteCountMax, index > start {
        batches.append(files[start..<index])
        start = index
        byteCount = 0
      }
      byteCount += cost
    }
    return batches + [files[start...]]
  }

  private static func command(of check: Check, _ files: ArraySlice<[UInt8]>) -> PlannedCommand {
    var words: [[UInt8]] = []
    for word in check.command {
      if word == Check.filesPlaceholder { words += files } else { words.append(Array(word.utf8)) }
    }
    let variable = check.filesVariable.map { name in
      var writer = JSONWriter()
      writer.beginArray()
      for file in files { writer.string(String(decoding: file, as: UTF8.self)) }
      writer.endArray()
      return PlannedCommand.Variable(name: name, value: writer.text)
    }
    return PlannedCommand(words: words, variable: variable)
  }
}

import Testing

/// Something untidy: where it is, and what to do about it.
struct Finding: CustomStringConvertible, Equatable {
  let path: String
  let line: Int
  let fix: String

  init(_ path: String, _ fix: String) { self.init(path, 1, fix) }

  init(_ path: String, _ line: Int, _ fix: String) {
    self.path = path
    self.line = line
    self.fix = fix
  }

  var description: String { "\(path):\(line): \(fix)" }
}

/// Fails the test once for each finding.
func report(_ findings: [Finding]) {
  for finding in findings { Issue.record(Comment(rawValue: finding.description)) }
}

/// The findings of `rule` for each line of `files`; lines count from 1.
func check(
  _ files: [SourceFile], _ rule: (_ line: Substring, _ number: Int) -> String?
) -> [Finding] {
  files.flatMap { file in
    file.lines.enumerated().compactMap { index, line in
      rule(line, index + 1).map { Finding(file.path, index + 1, $0) }
    }
  }
}

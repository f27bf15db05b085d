import Testing

/// The rules for what people read.
@Suite struct MarkdownTests {
  static let documents = Repository.files(
    in: "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Sources/", "schema/", "benchmarks/",
    "tools/", ending: ".md")

  @Test func `a document has one title`() {
    for document in Self.documents {
      let titles = document.prose.filter { $0.text.hasPrefix("# ") }
      #expect(titles.count == 1, "\(document.path): has \(titles.count) lines that start with `# `")
    }
  }

  @Test func `the README is short`() {
    let count = Repository.text("README.md").utf8.count { $0 == UInt8(ascii: "\n") }
    #expect(count < 250, "README.md: \(count) lines: move details into other documents")
  }

  @Test func `the changelog has a place for what is not released`() {
    #expect(Repository.text("CHANGELOG.md").containsPhrase("\n## [Unreleased]\n"))
  }

  @Test func `files and folders that documents name exist`() {
    var findings: [Finding] = []
    for document in Self.documents where document.path != "benchmarks/RESULTS.md" {
      for line in document.prose {
        let named = line.text.quoted("`", "`") + line.text.quoted("](", ")")
        for path in named where isPath(path) && !Repository.exists(String(path)) {
          findings.append(Finding(document.path, line.number, "there is no \(path)"))
        }
      }
    }
    report(findings)
  }

  /// Whether a quoted text is a path of the repository, without blanks or place-holders.
  private func isPath(_ text: Substring) -> Bool {
    let folders = ["Sources/", "Tests/", "schema/", "config/", "tools/", "benchmarks/", ".ci/"]
    return folders.contains { text.hasPrefix($0) }
      && !text.contains { " <>{}*…".contains($0) }
  }

  @Test func `the test that proves a guarantee exists`() {
    let rows = SourceFile(path: "README.md", text: Repository.text("README.md"))
      .rows(ofTableUnder: "## Guarantees")
    #expect(rows.count >= 6)
    for row in rows {
      let proofs = (row.last ?? "").quoted("`", "`")
      guard let path = proofs.first(where: { $0.containsPhrase("/") }) else {
        Issue.record("README.md: name the file that proves: \(row.first ?? "")")
        continue
      }
      #expect(Repository.exists(String(path)), "README.md: there is no \(path)")
      let text = Repository.text(String(path))
      for name in proofs where name != path {
        #expect(text.containsPhrase(String(name)), "README.md: \(path) has no test `\(name)`")
      }
    }
  }

  @Test func `each guarantee says what breaks it, what tests it and what was reached`() {
    let path = "Sources/UETLog/UETLog.docc/Guarantees.md"
    let promises = Repository.text(path).split(separator: "\n## What is not promised")[0]
      .split(separator: "\n### ").dropFirst()
    #expect(promises.count >= 6)
    for promise in promises {
      for line in ["- Breaks it: ", "- Test: ", "- Reached: "] {
        #expect(promise.containsPhrase(line), "\(path): no \"\(line)\" in \(promise.prefix(40))")
      }
      let tests = promise.split(separator: "\n").first { $0.hasPrefix("- Test: ") } ?? ""
      for test in tests.quoted("`", "`") {
        #expect(Repository.exists(String(test)), "\(path): there is no \(test)")
      }
    }
  }
}

extension SourceFile {
  /// The lines outside fenced blocks.
  var prose: [(number: Int, text: Substring)] {
    var isFenced = false
    return lines.enumerated().compactMap { index, line in
      if line.hasPrefix("```") { isFenced.toggle() }
      return isFenced ? nil : (index + 1, line)
    }
  }

  /// The cells of the first table after a heading, without its head.
  func rows(ofTableUnder heading: String) -> [[Substring]] {
    guard let start = lines.firstIndex(where: { $0 == heading }) else { return [] }
    let table = lines[start...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
    return table.dropFirst(2).map { row in
      row.split(separator: "|").map { $0.trimmed }
    }
  }
}

extension Substring {
  var trimmed: Substring {
    var rest = self[...]
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return rest
  }

  /// The texts between each `opening` and the next `closing`.
  func quoted(_ opening: String, _ closing: String) -> [Substring] {
    var found: [Substring] = []
    var rest = self[...]
    while let start = rest.index(after: opening) {
      rest = rest[start...]
      guard let end = rest.index(before: closing) else { break }
      found.append(rest[..<end])
      rest = rest[end...].dropFirst(closing.count)
    }
    return found
  }

  private func index(before phrase: String) -> Index? {
    indices.first { self[$0...].hasPrefix(phrase) }
  }

  private func index(after phrase: String) -> Index? {
    index(before: phrase).flatMap { index($0, offsetBy: phrase.count, limitedBy: endIndex) }
  }
}

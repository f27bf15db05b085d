import Testing

/// The table of layers in CONTRIBUTING.md says what Package.swift says.
@Suite struct LayersTests {
  @Test func `the table of layers equals the dependencies in the manifest`() {
    let document = SourceFile(path: "CONTRIBUTING.md", text: Repository.text("CONTRIBUTING.md"))
    var documented: [String: Set<String>] = [:]
    for row in document.rows(ofTableUnder: "## The house") where row.count >= 2 {
      let names = row[1].split(separator: ",").map { String($0.trimmed) }
      documented[String(row[0])] = Set(names.filter { $0 != "–" })
    }
    let declared = manifestDependencies(Repository.text("Package.swift"))
    #expect(declared.count > 10)
    for (target, dependencies) in declared.sorted(by: { $0.key < $1.key }) {
      let row = "| \(target) | \(dependencies.sorted().joined(separator: ", ")) | …"
      #expect(documented[target] == dependencies, "CONTRIBUTING.md: the row should start \(row)")
    }
    for target in documented.keys.sorted() where declared[target] == nil {
      Issue.record("CONTRIBUTING.md: Package.swift has no library \(target)")
    }
  }

  @Test func `every library has its folder`() {
    for target in manifestDependencies(Repository.text("Package.swift")).keys {
      let folder = "Sources/\(target)"
      #expect(Repository.exists(folder), "Package.swift: there is no \(folder)")
    }
  }
}

/// The dependencies of each `library("Name", ["Dependency", product], …)` in a manifest.
func manifestDependencies(_ manifest: String) -> [String: Set<String>] {
  let products = ["crypto": "swift-crypto", "argumentParser": "swift-argument-parser"]
  var found: [String: Set<String>] = [:]
  let flat = manifest.split { $0.isWhitespace }.joined(separator: " ")
  for call in Substring(flat).quoted("library(", ")") {
    let strings = call.quoted("\"", "\"")
    guard call.trimmed.hasPrefix("\""), let name = strings.first else { continue }
    let list = call.quoted("[", "]").first ?? ""
    // Plugins stand in a list of their own, after a label.
    let isLabelled = call.quoted(" ", ":").contains { $0.hasSuffix("plugins") }
    var dependencies: Set<String> = []
    for item in isLabelled ? [] : list.split(separator: ",") {
      let word = item.trimmed
      guard !word.isEmpty else { continue }
      let isQuoted = word.hasPrefix("\"")
      let name = isQuoted ? String(word.dropFirst().dropLast()) : products[String(word)]
      dependencies.insert(name ?? String(word))
    }
    found[String(name)] = dependencies
  }
  return found
}

import Testing

/// The rules for schemas, settings and files as a whole.
@Suite struct FilesTests {
  @Test func `no file is larger than 512 KiB`() {
    report(
      Repository.files.filter { Repository.bytes($0).count > 512 << 10 }.map {
        Finding($0, "is larger than 512 KiB: generate it, or keep it elsewhere")
      })
  }

  @Test func `JSON files are laid out with two spaces per level`() {
    let files = Repository.files.filter { $0.hasSuffix(".json") }
    report(
      files.filter { path in
        let bytes = Repository.bytes(path)
        return canonicalJSON(bytes) != bytes
      }.map {
        Finding($0, "write it as `python3 -m json.tool --indent 2 --no-ensure-ascii` does")
      })
  }

  @Test func `every event schema has a valid and an invalid example`() {
    let schemas = Repository.files(in: "schema/events/", ending: ".v1.json")
    #expect(schemas.count >= 90)
    var findings: [Finding] = []
    for schema in schemas {
      let name = schema.path.dropFirst("schema/events/".count).dropLast(".v1.json".count)
      for kind in ["valid-", "invalid-"] {
        let prefix = "schema/examples/events/\(name)/\(kind)"
        if !Repository.files.contains(where: { $0.hasPrefix(prefix) }) {
          findings.append(Finding(schema.path, "add an example `\(prefix)….json`"))
        }
      }
    }
    report(findings)
  }

  @Test func `every example belongs to a schema`() {
    let examples = Repository.files(in: "schema/examples/events/", ending: ".json")
    report(
      examples.filter { example in
        let type = example.path.split(separator: "/").dropFirst(3).dropLast().joined(separator: "/")
        return !Repository.exists("schema/events/\(type).v1.json")
      }.map { Finding($0.path, "there is no such event type: remove it or add its schema") })
  }

  // X-04: a count of files is true of one commit only; names are.
  @Test func `the documents that pipelines exchange are these seventeen and three more`() {
    let documents = [
      "schema/uet/": [
        "bootstrap_discovery", "bootstrap_report", "doc-meta", "execution_request",
        "patch_artifact", "patch_ledger_entry", "patch_policy", "phase_spec", "profile_extension",
        "project_profile", "prompt_instance", "router_config", "run_event", "run_record",
        "step_attempt", "task_spec", "workstream_spec",
      ],
      "schema/uet-extra/": ["cost_record", "test_gate", "worker_lifecycle"],
    ]
    for (folder, names) in documents {
      let files = Repository.files.filter { $0.hasPrefix(folder) }
      #expect(files == names.map { "\(folder)\($0).v1.json" })
      for name in names {
        let text = Repository.text("\(folder)\(name).v1.json")
        #expect(text.containsPhrase("http://json-schema.org/draft-07/schema#"), "\(name)")
        #expect(text.containsPhrase("\"$id\": \"schema/\(name).v1.json\""), "\(name)")
        let examples = folder.replacing("schema/", with: "schema/examples/") + name + ".v1/"
        for kind in ["valid-", "invalid-"] {
          let found = Repository.files.filter { $0.hasPrefix(examples + kind) }
          #expect(found.count >= 2, "\(examples)\(kind)….json")
        }
      }
    }
  }

  @Test func `text files end with one line break and lines with no blanks`() {
    let endings = [".swift", ".md", ".json", ".c", ".h"]
    let files = Repository.files.filter { path in endings.contains { path.hasSuffix($0) } }
    var findings: [Finding] = []
    for path in files {
      let text = Repository.text(path)
      if !text.hasSuffix("\n") || text.hasSuffix("\n\n") {
        findings.append(Finding(path, "end it with exactly one line break"))
      }
      let isExample = path.hasPrefix("schema/examples/")
      findings += check([SourceFile(path: path, text: text)]) { line, _ in
        let hasBlanks = line.hasSuffix(" ") || line.hasSuffix("\t")
        return hasBlanks && !isExample ? "drop the blanks at its end" : nil
      }
    }
    report(findings)
  }

  @Test func `scripts can be run and stop at the first error`() {
    let scripts = Repository.files.filter { path in
      path.hasPrefix("tools/") || path.hasPrefix("benchmarks/") || path.hasPrefix(".ci/")
    }.filter { Repository.bytes($0).starts(with: "#!".utf8) }
    #expect(scripts.count >= 4)
    for script in scripts {
      #expect(Repository.isExecutable(script), "\(script): chmod +x")
      let text = Repository.text(script)
      if text.hasPrefix("#!/usr/bin/env bash") || text.hasPrefix("#!/bin/bash") {
        #expect(text.containsPhrase("set -euo pipefail"), "\(script): add set -euo pipefail")
      }
    }
  }
}

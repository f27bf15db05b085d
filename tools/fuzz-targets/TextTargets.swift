internal import Bytes
internal import Diff
internal import Engine
internal import Events
internal import Evidence
internal import JSON
internal import Pipeline
internal import Secrets

@testable internal import Commands
@testable internal import Runner

/// Each form of evidence has one text: what is read is written as it was.
@Sendable func fuzzEvidence(_ bytes: [UInt8]) {
  if let signed = try? SignedCheckpoint(parsing: bytes) {
    promise(Array(signed.note.encoded.utf8) == bytes, "a note is not written as it was")
    promise(signed.checkpoint.text == signed.note.text, "a checkpoint is not written as it was")
  }
  if let file = try? InclusionFile(parsing: bytes) {
    promise(Array(file.encoded.utf8) == bytes, "a proof is not written as it was")
  }
  if let text = String(validating: bytes, as: UTF8.self) {
    if let key = try? VerifierKey(text) {
      promise(key.description == text, "a key is not written as it was")
    }
    _ = try? SigningKey(secretText: text)
  }
  do throws(LogError) {
    var bundle = try BundleReader(bytes, "fuzz")
    let found = try bundle.check()
    promise(!found.leaves.isEmpty, "a bundle without events")
  } catch {
    promise((try? JSONDocument(parsing: ErrorReport(error).json)) != nil, "an error's JSON is none")
  }
}

private let scanner = SecretScanner(
  literals: [SecretLiteral(name: "MY_TOKEN", value: Array("hunter2hunter2".utf8))].compactMap { $0 }
)
private let masker = Masker(scanner: scanner, key: [UInt8](repeating: 7, count: 16))

/// Findings are in order, apart and inside; masking is bounded and done once; the quick look misses
/// nothing; what comes in pieces is found as in one.
@Sendable func fuzzSecrets(_ bytes: [UInt8]) {
  let findings = scanner.findings(in: bytes)
  var end = 0
  for finding in findings {
    promise(finding.range.lowerBound >= end && !finding.range.isEmpty, "findings overlap")
    end = finding.range.upperBound
  }
  promise(end <= bytes.count, "a finding ends outside of the text")
  promise(findings.isEmpty || scanner.mayFind(in: bytes.span), "the quick look missed a finding")
  var notes: [MaskNote] = []
  if let masked = masker.mask(bytes, pointer: "", notes: &notes) {
    promise(!notes.isEmpty && !findings.isEmpty, "notes")
    promise(masked.count <= bytes.count + 64 * notes.count, "masking makes it longer")
    promise(notes.allSatisfy { Masker.hasMarker(Array(masked[$0.range])) }, "a note is misplaced")
    var more: [MaskNote] = []
    _ = masker.mask(masked, pointer: "", notes: &more)
    promise(more.isEmpty, "masking again finds \(more)")
  } else {
    promise(findings.isEmpty, "findings are not masked")
  }
  var stream = StreamScanner(scanner, stretchByteCount: 1)
  var places: [StreamScanner.Place] = []
  var rest = bytes[...]
  while !rest.isEmpty {
    places += stream.take(rest.prefix(61))
    rest = rest.dropFirst(61)
  }
  places += stream.finish()
  promise(places.map(\.finding) == findings, "pieces are scanned differently")
  let shown = scanner.erasing(String(decoding: bytes, as: UTF8.self))
  promise(shown.utf8.count <= 3 * bytes.count + 64 * (findings.count + 1) * 4, "erasing grows")
}

/// Whatever git prints for a commit becomes drafts that the log takes.
@Sendable func fuzzDiff(_ bytes: [UInt8]) {
  let parts = bytes.split(separator: 0, maxSplits: 4, omittingEmptySubsequences: false)
  let output = Array(parts.last ?? [])
  let diff = UnifiedDiff(ofHistory: output.span)
  let texts = parts.dropLast().map { String(decoding: $0, as: UTF8.self) } + ["", "", "", ""]
  let commit = GitCommit(
    hash: String(repeating: "ab", count: 20), parents: [], seconds: Int64(texts[0]) ?? 0,
    author: texts[1], subject: texts[2], body: texts[3], diff: output, isDiffTooLong: false)
  promise((commit.reverts?.count ?? 40) >= 40, "it reverts what is no commit")
  let drafts: [Draft]
  do throws(LogError) {
    drafts = try GitDrafts(project: "fuzz", importID: "fuzz").drafts(of: commit, reverted: nil)
  } catch {
    let isRefused = String(validating: output, as: UTF8.self) == nil || !diff.faults.isEmpty
    promise(isRefused, "no drafts: \(error.message)")
    return
  }
  let identity = LogIdentity(
    id: ULID(milliseconds: 1, random: (7, 7)), secret: Salt(high: 11, low: 13))
  let engine = Engine(log: MemoryLog(identity: identity), catalog: shared)
  for draft in drafts {
    do throws(LogError) { _ = try engine.append(draft) } catch {
      // Schemas refuse some paths; such a commit is skipped and told of.
      let isOfPath = ["/artifact/scope/files_touched/", "/applied_files/"].contains {
        error.pointer?.hasPrefix($0) ?? false
      }
      if isOfPath, diff.filesTouched.contains(where: { hasNoPath($0.bytes) }) { return }
      fail("\(draft.type): \(error.message) at \(error.pointer ?? "")")
    }
  }
}

/// Whether a path is one that no file has.
private func hasNoPath(_ path: [UInt8]) -> Bool {
  path.isEmpty || path.count > 4096 || path.contains { [0, 10, 13].contains($0) }
}

private let shared = Catalog()

/// Nothing but what is visible is shown, in no more places than there are.
@Sendable func fuzzText(_ bytes: [UInt8]) {
  let shown = SafeText.escaped(bytes)
  promise(shown.unicodeScalars.allSatisfy(SafeText.isVisible), "something is not visible")
  promise(SafeText.escaped(shown) == shown, "what is visible is escaped again")
  let limit = Int(bytes.first ?? 0) % 40
  promise(Table.width(Table.cut(shown, to: limit)) <= limit, "a cell is wider than its column")
  let lines = SafeText.escapedLines(String(decoding: bytes, as: UTF8.self), indent: "  ")
  promise(
    lines.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.isVisible($0) }, "lines leak")
}

internal import ArgumentParser
internal import Configuration
internal import Diff
internal import Events
internal import JSON

/// Shows what a diff does, file by file.
struct PatchInspect: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a diff touches, and everything that is wrong with it.",
    usage: "uetlog patch inspect <file> [--from-output] [--reverse] [<options>]",
    discussion: """
      Reads what git and `diff -u` write, with mails and chatter around it. Exit 65 if the diff \
      has a fault.

      EXAMPLES
        git diff HEAD~1 | uetlog patch inspect
        uetlog patch inspect answer.txt --from-output --json
        uetlog patch inspect fix.patch --reverse > undo.patch
      """)

  @Argument(help: "The file (default: standard input).")
  var file: String?

  @Flag(help: "The file is what a tool printed: take the diff out of it.")
  var fromOutput = false

  @Flag(help: "Print the diff that takes this one back.")
  var reverse = false

  @Flag(help: "Print counts and paths as `git diff --numstat -z` does.")
  var numstat = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if reverse, numstat || common.json {
      throw ValidationError("--reverse prints a diff and nothing else")
    }
    if numstat, common.json {
      throw ValidationError("--numstat prints what git prints; --json has the counts as well")
    }
  }

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let patch = try PatchText(file, isOutput: fromOutput, console.here)
    if reverse { return try printReverse(of: patch, console) }
    if numstat {
      for file in patch.diff.files { console.output.write(Self.numbers(file)) }
    } else if console.isJSON {
      console.output.json(DiffReport.json(patch.diff))
    } else {
      DiffReport.show(patch.diff, console)
    }
    if numstat { DiffReport.reportFaults(patch.diff, console.errors, console.style) }
    return patch.diff.faults.isEmpty ? .done : .badInput
  }

  private func printReverse(
    of patch: PatchText, _ console: Console
  ) throws(LogError) -> ExitCode {
    guard let reverse = Reversal.bytes(of: patch.diff, in: patch.bytes.span) else {
      let fault = patch.diff.faults.first
      var error = LogError(
        .badInput, fault?.message ?? "the diff does not hold all that is needed to take it back",
        hint: "`uetlog patch inspect` without --reverse shows each file")
      error.line = fault?.line
      throw error
    }
    console.output.write(reverse)
    return .done
  }

  /// `INSERTIONS<tab>DELETIONS<tab>PATH<zero>`; renames and copies have both paths behind an empty
  /// one, binary files a dash for each count.
  private static func numbers(_ file: FileChange) -> [UInt8] {
    let counts = file.binary == nil ? "\(file.insertions)\t\(file.deletions)\t" : "-\t-\t"
    var out = Array(counts.utf8)
    if file.kind == .rename || file.kind == .copy, let old = file.oldPath {
      out += [0] + old.bytes + [0]
    }
    return out + (file.path?.bytes ?? []) + [0]
  }
}

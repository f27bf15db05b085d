internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import JSON
internal import Pipeline

/// What tools are asked for.
struct RequestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request",
    abstract: "Tell the log what a tool is asked for.",
    discussion: """
      EXAMPLES
        uetlog request create request.json
      """,
    subcommands: [RequestCreate.self])
}

/// Takes an ExecutionRequest into the log, so that patches are held to its scope.
struct RequestCreate: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Take an execution request into the log.",
    usage: "uetlog request create [<file>] [<options>]",
    discussion: """
      The file is a document of execution_request.v1. Patches that answer the request must keep to \
      the paths of its resource_scope and to its limits. The same document again gives the first \
      receipt.

      EXAMPLES
        uetlog request create request.json
        jq .request task.json | uetlog request create --run 01JD…
      """)

  private static let byteCountMax = 1 << 20

  @Argument(help: "The file (default: standard input).") var file: String?
  @OptionGroup var writing: PatchWriteOptions
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let input = try InputFile(file, byteCountMax: Self.byteCountMax, console.here)
    let document: JSONDocument
    do { document = try JSONDocument(parsing: input.bytes) } catch {
      var wrong = LogError(
        .badInput, "\(input.name) is no JSON: \(error.message)", pointer: error.pointer)
      wrong.line = error.line
      throw wrong
    }
    let request = document.compacted(document.root)
    var draft = try writing.draft(.execution_requested, console.here) { writer in
      writer.member("request", raw: request)
    }
    draft.key = "request \(Digest.sha256(of: request))"
    return try writing.append([draft], log: common.log, console)
  }
}

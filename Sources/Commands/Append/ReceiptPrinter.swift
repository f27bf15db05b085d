internal import Configuration
internal import Engine
internal import Events
internal import Glibc
internal import JSON

/// Tells of stored events: on standard output and, if asked for, in a file.
final class ReceiptPrinter {
  private let console: Console
  private let format: ReceiptFormat
  private let file: Output?
  /// Whether every event gets a line for people too; a bulk append sums up instead.
  private let printsText: Bool

  /// - Parameter path: the file of `--receipt`; it is opened before anything is stored.
  init(
    _ console: Console, _ format: ReceiptFormat, path: String?, printsText: Bool
  ) throws(LogError) {
    self.console = console
    self.format = format
    self.printsText = printsText && !console.isQuiet
    guard let path else {
      file = nil
      return
    }
    // A link that somebody planted is not followed, and a pipe that nobody reads is not waited
    // for. What stands in /dev leads to the caller's own descriptors.
    let links = path.hasPrefix("/dev/") ? 0 : O_NOFOLLOW
    let descriptor = unsafe open(
      path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | links, 0o600)
    guard descriptor >= 0 else {
      throw LogError(.cannotWrite, "can't write receipts to \(path): \(systemText(errno))")
    }
    file = Output(descriptor: descriptor)
  }

  /// Whether anybody wants receipts.
  var prints: Bool { file != nil || console.isJSON || printsText }

  /// Prints a receipt; `flush` makes it arrive.
  ///
  /// - Parameter more: writes further members of the JSON object.
  func print(
    _ receipt: Receipt, line: Int? = nil, more: ((inout JSONWriter) -> Void)? = nil
  ) {
    if !format.isDryRun { console.output.storedAt = receipt.position }
    if file != nil || console.isJSON {
      let json = format.json(receipt, line: line, more: more)
      file?.json(json)
      if console.isJSON { console.output.json(json) }
    }
    if printsText, !console.isJSON { console.output.line(format.text(receipt)) }
  }

  /// Prints a refusal where a receipt would be, for callers that read an answer per line.
  func print(_ error: LogError) { console.output.json(ErrorReport(error).json) }

  /// Makes everything arrive; tells what went wrong.
  func flush() -> OutputFailure? {
    console.output.flush()
    file?.flush()
    return console.output.failure ?? file?.failure
  }
}

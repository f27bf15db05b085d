internal import Bytes
internal import Configuration
internal import Diff
internal import Engine
internal import EventLog
internal import Events
internal import Glibc
internal import JSON
internal import Pipeline
internal import Runner
internal import Synchronization

/// Takes one patch of the ledger through a repository, step by step.
///
/// Each step first does its work where nobody's files are, then appends the event that tells of
/// it. Killed in between, it is done again: the work tree is made anew, and a commit that is there
/// already is found by its trailer. While a step runs nobody else takes the same patch on.
final class PatchWorkflow {
  let id: ULID
  let options: WorkflowOptions
  let console: Console
  let engine: Engine<LMDBLog>
  let settings: Settings
  let repository: GitRepository
  let worktree: PatchWorktree
  /// Where the work trees of patches are, each named by its patch.
  let folder: String
  /// Held by the programs that change something, too: who comes next waits for their end.
  let lock: FileLock
  /// The file that git reads the diff, or the message of a commit, from.
  private let scratchPath: String

  /// Finds the log and the repository and takes the patch on.
  convenience init(
    _ id: ULID, _ options: WorkflowOptions, log flag: String?,
    policies: OpenedLog.Policies = .found, _ console: Console
  ) throws(LogError) {
    let location = try LogLocation(flag: flag, console.here)
    guard location.hasLog else { throw location.missing }
    let settings = try Settings(log: location.path, console.here)
    let opened = try OpenedLog(writing: location, settings, console, policies: policies)
    try Interruption.watch { Self.isInterrupted.store(true, ordering: .relaxed) }
    try self.init(
      id, options, opened.engine, settings, folder: Self.folder(location), waits: true, console)
  }

  /// Where the work trees of patches are.
  static func folder(_ log: LogLocation) -> String {
    Files.resolved(log.path) + "/worktrees"
  }

  /// Whether a patch has a work tree of its own; one that another program applied has none.
  static func hasWorktree(_ id: ULID, log flag: String?, _ here: Surroundings) throws(LogError)
    -> Bool
  {
    Files.exists("\(folder(try LogLocation(flag: flag, here)))/\(id)")
  }

  /// Takes a patch on.
  ///
  /// - Parameter waits: whether to wait for others who work on it.
  private init(
    _ id: ULID, _ options: WorkflowOptions, _ engine: Engine<LMDBLog>, _ settings: Settings,
    folder: String, waits: Bool, _ console: Console
  ) throws(LogError) {
    self.id = id
    self.options = options
    self.console = console
    self.engine = engine
    self.settings = settings
    self.folder = folder
    let state = try engine.patch(id).state.stateName
    repository = try PatchBase.repository(around: console.here.absolute(options.repo))
    Directory.make(folder)
    worktree = PatchWorktree(repository, path: "\(folder)/\(id)")
    scratchPath = "\(folder)/\(id).text"
    lock = try Self.lock(
      id, in: folder,
      waitNanoseconds: waits ? try options.writing.appendOptions().waitNanoseconds : 0,
      state: state)
    lock.passOn(true)
    try git { () throws(RunnerError) in try worktree.removeLocks() }
  }

  /// What whoever takes a patch on holds.
  static func lock(
    _ id: ULID, in folder: String, waitNanoseconds: Int64, state: String? = nil
  ) throws(LogError) -> FileLock {
    try FileLock(
      "\(folder)/\(id).lock", waitNanoseconds: waitNanoseconds,
      busy: LogError(
        .busy,
        "another program works on patch-\(id)\(state.map { ", which is \($0)" } ?? "")",
        hint: "Wait until it has ended; --wait says how long to wait"))
  }

  /// The same for another patch of the same log.
  func other(_ id: ULID, waits: Bool = true) throws(LogError) -> PatchWorkflow {
    try PatchWorkflow(id, options, engine, settings, folder: folder, waits: waits, console)
  }

  deinit {
    // Git may have been killed at its work with them.
    for ending in ["", ".index", ".index.lock"] { unsafe unlink(scratchPath + ending) }
    if !Files.exists(worktree.path) { lock.removeFile() }
  }

  /// Whether somebody wants the program to end.
  static let isInterrupted = Atomic(false)

  var isDryRun: Bool { options.writing.dryRun }

  func patch() throws(LogError) -> StoredPatch { try engine.patch(id) }

  /// Appends an event of the patch; in a dry run it is only checked.
  @discardableResult
  func append(
    _ type: EventType, _ write: (inout JSONWriter) -> Void = { _ in }
  ) throws(LogError) -> Receipt {
    let receipt = try engine.append(draft(type, write), options.writing.appendOptions())
    if !isDryRun { console.output.storedAt = receipt.position }
    return receipt
  }

  /// Throws what an event of this type would be refused with now.
  func rehearse(
    _ type: EventType, _ write: (inout JSONWriter) -> Void = { _ in }
  ) throws(LogError) {
    var rehearsal = try options.writing.appendOptions()
    rehearsal.isDryRun = true
    _ = try engine.append(draft(type, write), rehearsal)
  }

  private func draft(
    _ type: EventType, _ write: (inout JSONWriter) -> Void
  ) throws(LogError) -> Draft {
    try options.writing.draft(type, console.here) { writer in
      writer.member("patch_id", id.description)
      write(&writer)
    }
  }

  /// Runs git; that it can't be run is an error of the system around.
  func git<Result>(
    _ body: () throws(RunnerError) -> Result
  ) throws(LogError) -> Result {
    do { return try body() } catch { throw LogError(error) }
  }

  /// Puts bytes where git can read them.
  func scratch(_ bytes: [UInt8]) throws(LogError) -> String {
    unsafe unlink(scratchPath)
    let file = try OutputFile(scratchPath, console.here)
    file.write(bytes)
    try file.finish()
    return scratchPath
  }

  /// Removes what a settled patch needs no more.
  func cleanUp() throws(LogError) {
    try git { () throws(RunnerError) in try worktree.remove() }
  }

  func result(
    _ step: StepResult.Step, _ isOK: Bool, _ text: String, _ receipt: Receipt? = nil
  ) throws(LogError) -> StepResult {
    StepResult(
      step: step, patch: id, state: try patch().state.stateName ?? "", isOK: isOK, text: text,
      receipt: isDryRun ? nil : receipt)
  }
}

extension LogError {
  /// What went wrong with a program that a command needs.
  init(_ error: RunnerError) {
    self.init(
      error.isMissing ? .notFound : error.wasInterrupted ? .interrupted : .cannotWrite,
      error.isMissing ? "there is no \(error.program) here" : "\(error)".trimmed,
      hint: error.isMissing ? "Install \(error.program), or put it on the PATH" : nil)
  }
}

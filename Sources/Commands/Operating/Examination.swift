internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Glibc

/// Looks at everything around a log that may keep it from being used.
struct Examination {
  /// What one look found.
  struct Finding {
    enum Status: String {
      case ok
      /// Nothing is wrong, but somebody may want to know.
      case note
      case wrong
    }

    var check: String
    var status: Status
    var text: String
    /// What to do; nil where there is nothing to do.
    var advice: String?
  }

  private(set) var findings: [Finding] = []

  init(_ location: LogLocation, _ here: Surroundings) throws(LogError) {
    add("place", .ok, "\(location.path) (\(location.origin.rawValue))")
    let survey = try LogSurvey(log: location.path)
    lookAtFileSystem(survey)
    lookAtPermissions(survey)
    lookAtLock(survey)
    lookAtRoom(survey)
    lookAtReserve(survey)
    let file = lookAtFile(location)
    // What would end this process is not opened.
    if file { lookInside(location, here) }
    attempt("settings", "all can be read") { () throws(LogError) in
      _ = try Settings(log: location.path, here)
    }
    if survey.leftovers.isEmpty {
      add("leftovers", .ok, "none")
    } else {
      add(
        "leftovers", .note, survey.leftovers.joined(separator: ", "),
        "killed processes left them; `uetlog doctor --fix` removes them")
    }
  }

  private mutating func add(
    _ check: String, _ status: Finding.Status, _ text: String, _ advice: String? = nil
  ) {
    findings.append(Finding(check: check, status: status, text: text, advice: advice))
  }

  /// Does something; what it throws is a finding.
  private mutating func attempt(
    _ check: String, _ fine: String, _ body: () throws(LogError) -> Void
  ) {
    do throws(LogError) {
      try body()
      add(check, .ok, fine)
    } catch {
      let details = [error.expected.map { "expected \($0)" }, error.actual.map { "found \($0)" }]
      let text = ([error.message] + details.compactMap { $0 }).joined(separator: "; ")
      add(check, .wrong, text, error.hint)
    }
  }

  private mutating func lookAtFileSystem(_ survey: LogSurvey) {
    switch survey.fileSystem {
    case .local: add("file system", .ok, "local")
    case .memory:
      add(
        "file system", .note, "in memory", "the log is gone after a restart: move it to a disk")
    case .network(let name):
      add(
        "file system", .wrong, name,
        "locks and maps don't reach over to other machines: events would be lost; move the log "
          + "to a local disk")
    }
  }

  private mutating func lookAtPermissions(_ survey: LogSurvey) {
    var wrong: [String] = []
    var open: [String] = []
    for entry in survey.entries {
      if !entry.isWritable { wrong.append("\(entry.path) can't be written by this user") }
      if entry.owner != geteuid() { wrong.append("\(entry.path) belongs to user \(entry.owner)") }
      if entry.mode & 0o077 != 0 {
        open.append("\(entry.path) has mode \(String(entry.mode, radix: 8))")
      }
    }
    if let first = wrong.first {
      return add(
        "permissions", .wrong, first, "run as its owner, or give it back with chown and chmod")
    }
    if let first = open.first {
      return add("permissions", .note, first, "others can look into the log: chmod go= it")
    }
    add("permissions", .ok, "only the owner")
  }

  private mutating func lookAtLock(_ survey: LogSurvey) {
    guard let holder = survey.holder else { return add("lock", .ok, "free") }
    add(
      "lock", .note, "held by \(holder)",
      "appends wait for it; if it stays so, see what that process does (a stopped one holds it)")
  }

  private mutating func lookAtRoom(_ survey: LogSurvey) {
    let free = "\(survey.freeByteCount >> 20) MiB free, \(survey.dataByteCount) bytes of log"
    if survey.freeByteCount < 1 << 20 {
      add("room", .wrong, free, "free some space: nothing more can be appended")
    } else if survey.freeByteCount < UInt64(max(64 << 20, survey.dataByteCount)) {
      add("room", .note, free, "a backup or a compaction needs as much again as the log has")
    } else {
      add("room", .ok, free)
    }
  }

  private mutating func lookAtReserve(_ survey: LogSurvey) {
    let kept = "\(survey.reserveByteCount >> 10) KiB kept for a full disk"
    guard survey.reserveByteCount < LogSurvey.reserveByteCountWanted else {
      return add("reserve", .ok, kept)
    }
    add(
      "reserve", .note, kept,
      "it lets budget events and seals be stored then: where there is room, `uetlog doctor --fix` "
        + "takes \(LogSurvey.reserveByteCountWanted >> 20) MiB")
  }

  /// Returns whether the log can be opened.
  private mutating func lookAtFile(_ location: LogLocation) -> Bool {
    var isSound = false
    attempt("file", "the start of data.mdb is sound") { () throws(LogError) in
      let file = try DataFile(ofLog: location.path)
      if let finding = file.findings.first {
        throw LogError(.corruption, finding, hint: "restore it from a backup")
      }
      isSound = true
    }
    return isSound
  }

  private mutating func lookInside(_ location: LogLocation, _ here: Surroundings) {
    var figures: LogFigures?
    attempt("version", "LMDB \(DataFile.libraryVersion), this program can read and write it") {
      () throws(LogError) in
      let log = try LMDBLog(
        opening: location.path, OpenedLog.options(here, isReading: true))
      figures = try log.figures()
      try log.checkWritable()
    }
    guard let figures else { return }
    let readers = "\(figures.readers) of \(figures.maxReaders) places used"
    if figures.readers * 4 > figures.maxReaders * 3 {
      add("readers", .note, readers, "end readers that hang: they hold back pages")
    } else {
      add("readers", .ok, readers)
    }
  }
}

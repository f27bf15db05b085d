internal import Bytes
package import EventLog
package import Events
package import Pipeline

extension Verification {
  /// Checks the log in a directory against everything that is known of it; goes on after what it
  /// finds, as far as that can be done.
  ///
  /// Damaged pages can kill the process that reads them: run this in one of its own and pass
  /// `onUpdate`'s updates on.
  ///
  /// With the digest of the settings in force it also checks payloads against their schemas and
  /// decides on events again.
  ///
  /// Nothing is written, neither to the log nor to what is known of it outside.
  ///
  /// Throws only when there is no log or it can't be read for want of permission.
  package static func verify(
    log path: String, _ options: LogOptions, catalog: Catalog = Catalog(), rules: Rules = Rules(),
    evidence: OutsideEvidence = OutsideEvidence(), deepUnderSettings: UInt64? = nil,
    onUpdate: @escaping (Update) -> Void = { _ in }
  ) throws(LogError) -> Verification {
    let report = AuditReport(subject(path), onUpdate)
    guard try checkFile(path, options, report) else { return report.verification }
    var options = options
    options.isReadOnly = true
    checkPages(report) { (onProgress) throws(LogError) in
      try LogPages(ofLog: path, options, onProgress: onProgress)
    }
    let log: LMDBLog
    do throws(LogError) { log = try LMDBLog(opening: path, options) } catch {
      guard error.code == .corruption || error.code == .system else { throw error }
      report.find(.structure, nil, error.message)
      report.end(.structure, "the log can't be opened")
      skipRest(report, "the log can't be opened")
      return report.verification
    }
    audit(log, catalog, rules, evidence, report, deepUnderSettings)
    return report.verification
  }

  private static func checkFile(
    _ path: String, _ options: LogOptions, _ report: AuditReport
  ) throws(LogError) -> Bool {
    let file = try DataFile(ofLog: path, options)
    for finding in file.findings { report.find(.file, nil, "data.mdb: \(finding)") }
    let metas = file.transactions.map(String.init).joined(separator: "/")
    report.end(
      .file,
      file.pageCount > 0
        ? "\(file.byteCount) bytes for \(file.pageCount) pages, first pages of transactions \(metas)"
        : "\(file.byteCount) bytes")
    guard file.findings.isEmpty else {
      skipRest(report, "the data file can't be read through its first pages")
      return false
    }
    return true
  }

  /// Follows the trees of pages; the tables are read afterwards, whatever it finds.
  fileprivate static func checkPages(
    _ report: AuditReport,
    _ read: (_ onProgress: @escaping (UInt64, UInt64) -> Void) throws(LogError) -> LogPages
  ) {
    let pages: LogPages
    do throws(LogError) {
      pages = try read { visited, total in report.tell(.pages(visited, of: total)) }
    } catch { return report.skip(.pages, error.message) }
    for finding in pages.findings { report.find(.pages, nil, finding) }
    guard let firstBad = pages.firstBad else {
      return report.end(
        .pages,
        "2 first pages, \(pages.used) in \(pages.trees) trees, \(pages.free) free"
          + (pages.unused > 0 ? ", \(pages.unused) in neither" : ""))
    }
    let others = pages.findingCount - pages.findings.count
    report.end(
      .pages,
      "page \(firstBad) of \(pages.pageCount) is the first bad one"
        + (others > 0 ? "; \(others) findings are not told" : "")
        + "; append nothing, restore the log from a backup"
        + (pages.isReadable
          ? "; only free pages are concerned: `uetlog replay --format jsonl` copies all events"
          : ""))
  }

  static func audit(
    _ log: LMDBLog, _ catalog: Catalog, _ rules: Rules, _ evidence: OutsideEvidence,
    _ report: AuditReport, _ deepUnderSettings: UInt64? = nil
  ) {
    var subject = subject(log.path)
    subject.id = log.identity.id
    subject.format = log.format.version
    subject.epoch = log.format.epoch
    report.tell(.subject(subject))
    var audit = LogAudit(
      report, catalog: catalog, rules: rules, log: log, evidence: evidence,
      deep: deepUnderSettings.map { DeepAudit(settingsDigest: $0) })
    do throws(LogError) { while try log.audit(&audit) {} } catch {
      report.find(.structure, audit.next, error.message)
      report.end(.structure, "the tables can't be read")
    }
    var ids = IDAudit(
      report: report, preparer: audit.preparer, unreadable: audit.unreadable)
    do throws(LogError) { while try log.audit(&ids) {} } catch {
      report.find(.ids, nil, error.message)
    }
    let masked = audit.counts.maskedContents
    report.end(
      .ids,
      "\(ids.entries) ids and keys, both ways"
        + (masked > 0 ? "; \(masked) contents of masked events not compared" : ""))
    skipRest(report, "the tables can't be read")
  }

  static func subject(_ path: String) -> Subject {
    var subject = Subject(path: path)
    subject.library = DataFile.libraryVersion
    return subject
  }

  private static func skipRest(_ report: AuditReport, _ reason: String) {
    for phase in Phase.usual where report.verification.outcome(phase) == nil {
      report.skip(phase, reason)
    }
  }
}

extension Engine where Log == LMDBLog {
  /// Checks the open log as `Verification.verify` does, but for its data file.
  package func verify(
    onUpdate: @escaping (Verification.Update) -> Void = { _ in }
  ) -> Verification {
    let report = AuditReport(Verification.subject(log.path), onUpdate)
    report.skip(.file, "the log is open")
    Verification.checkPages(report) { (onProgress) throws(LogError) in
      try LogPages(of: log, onProgress: onProgress)
    }
    Verification.audit(log, catalog, rules, OutsideEvidence(), report)
    return report.verification
  }
}

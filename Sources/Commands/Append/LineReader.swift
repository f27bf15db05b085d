internal import Configuration
internal import Engine
internal import Events
internal import Glibc
internal import JSON
internal import Pipeline

/// Reads drafts from standard input, a line each, and prepares them.
struct LineReader<Log: EventLog> {
  private static var blockByteCount: Int { 1 << 20 }

  private let target: AppendTarget<Log>
  private let defaults: DraftDefaults
  private let limits: BatchLimits
  private let isAtomic: Bool
  private let beforeDraft: () -> Void
  private var splitter = LineSplitter(byteCountMax: DraftBuilder.byteCountMax)
  private var lineNumber = 0
  private var batch = Batch()
  /// What ends the reading, beyond one line.
  private var failure: LogError?

  /// - Parameters:
  ///   - isAtomic: whether a refused line refuses all; then none is prepared.
  ///   - beforeDraft: called before each draft is read.
  init(
    _ target: AppendTarget<Log>, _ defaults: DraftDefaults, _ limits: BatchLimits,
    isAtomic: Bool = false, beforeDraft: @escaping () -> Void = {}
  ) {
    self.beforeDraft = beforeDraft
    self.target = target
    self.isAtomic = isAtomic
    self.defaults = defaults
    self.limits = limits
  }

  /// Reads to the end and hands over batches, until `handOver` or `waiting` says false.
  ///
  /// Batches are full ones, and smaller ones when `isAwaited` says that somebody waits or when no
  /// more input is there yet.
  ///
  /// - Parameter waiting: called before each read.
  mutating func read(
    waiting: () -> Bool = { true }, isAwaited: () -> Bool, handOver: (Batch) -> Bool
  ) throws(LogError) {
    var block = [UInt8](repeating: 0, count: Self.blockByteCount)
    var isFirst = true
    while waiting() {
      let count = Files.read(STDIN_FILENO, into: &block)
      guard count >= 0 else {
        throw LogError(.badInput, "can't read standard input: \(systemText(errno))")
      }
      if isFirst { try Self.checkStart(block[..<count]) }
      isFirst = false
      guard take(block[..<count], isEnd: count == 0, handOver) else {
        if let failure { throw failure }
        return
      }
      if count == 0 {
        _ = handOverBatch(handOver)
        return
      }
      if !batch.isEmpty, isAwaited() || !Self.hasInput() {
        guard handOverBatch(handOver) else { return }
      }
    }
  }

  private mutating func take(
    _ block: ArraySlice<UInt8>, isEnd: Bool, _ handOver: (Batch) -> Bool
  ) -> Bool {
    // Taken out, so that the closure can change the rest of this value.
    var splitter = splitter
    self.splitter = LineSplitter(byteCountMax: 0)
    var goesOn = true
    if isEnd {
      if let piece = splitter.end() { goesOn = add(piece, isCut: true, handOver) }
    } else {
      splitter.take(block) { piece in
        if goesOn { goesOn = add(piece, isCut: false, handOver) }
      }
    }
    self.splitter = splitter
    return goesOn
  }

  private mutating func add(
    _ piece: LineSplitter.Piece, isCut: Bool, _ handOver: (Batch) -> Bool
  ) -> Bool {
    lineNumber += 1
    guard case .line(let bytes) = piece else {
      guard makeRoom(byteCount: 0, handOver) else { return false }
      batch.refuse(tooLong)
      return true
    }
    // Blank lines: what JSON takes for white space, and nothing else.
    guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return true }
    guard makeRoom(byteCount: bytes.count, handOver) else { return false }
    beforeDraft()
    let draft: Draft
    do throws(LogError) {
      draft = try Draft(line: bytes, number: lineNumber, defaults: defaults)
      if !isAtomic, let empty = target.rehearsal {
        var options = AppendOptions()
        options.isDryRun = true
        _ = try empty.append(draft, options)
      }
    } catch {
      let shown = target.erasing(error, bytes).at(line: lineNumber)
      batch.refuse(isCut && Self.endsTooSoon(bytes) ? cutOff : shown)
      return true
    }
    if isAtomic || draft.type == EventType.event_reversed.name {
      return postpone(draft, byteCount: bytes.count, handOver)
    }
    return prepare(draft, byteCount: bytes.count, handOver)
  }

  private mutating func prepare(
    _ draft: Draft, byteCount: Int, _ handOver: (Batch) -> Bool
  ) -> Bool {
    let engine: Engine<Log>
    do throws(LogError) { engine = try target.engine() } catch {
      // The lines before are answered all the same.
      if handOverBatch(handOver) { failure = error }
      return false
    }
    do throws(LogError) {
      batch.add(try engine.prepare(draft), line: lineNumber, byteCount: byteCount)
    } catch {
      batch.refuse(error)
    }
    return true
  }

  /// Hands the batch over if a line more would be too much for it.
  private mutating func makeRoom(byteCount: Int, _ handOver: (Batch) -> Bool) -> Bool {
    batch.hasRoom(byteCount: byteCount, limits) || handOverBatch(handOver)
  }

  private mutating func handOverBatch(_ handOver: (Batch) -> Bool) -> Bool {
    if batch.isEmpty { return true }
    let full = batch
    batch = Batch()
    return handOver(full)
  }

  private mutating func postpone(
    _ draft: Draft, byteCount: Int, _ handOver: (Batch) -> Bool
  ) -> Bool {
    guard handOverBatch(handOver) else { return false }
    return handOver(Batch(deferred: draft, byteCount: byteCount))
  }

  private static func endsTooSoon(_ bytes: [UInt8]) -> Bool {
    do {
      _ = try JSONDocument(parsing: bytes)
      return false
    } catch { return error.offset >= bytes.count }
  }

  private var cutOff: LogError {
    var error = LogError(
      .badInput, "the last line is cut off: the input ended in the middle of it",
      hint: isAtomic
        ? "Nothing is stored: append all lines again when this one is whole"
        : "Everything before it is stored; append this line again when it is whole")
    error.line = lineNumber
    return error
  }

  private var tooLong: LogError {
    var error = LogError(
      .badInput, "the line is too long", expected: "at most \(splitterLimit) bytes")
    error.line = lineNumber
    return error
  }

  private var splitterLimit: Int { DraftBuilder.byteCountMax }

  private static func checkStart(_ block: ArraySlice<UInt8>) throws(LogError) {
    let isUTF8 = block.starts(with: [0xEF, 0xBB, 0xBF])
    guard isUTF8 || block.starts(with: [0xFF, 0xFE]) || block.starts(with: [0xFE, 0xFF]) else {
      return
    }
    var error = LogError(
      .badInput, "the input begins with a byte order mark", expected: "JSON lines in plain UTF-8",
      actual: isUTF8 ? "UTF-8 with a byte order mark" : "UTF-16",
      hint: "Nothing was stored; `sed '1s/^\\xEF\\xBB\\xBF//'` takes the mark of UTF-8 away")
    error.line = 1
    throw error
  }

  /// Whether reading would give something at once.
  private static func hasInput() -> Bool {
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&input, 1, 0) > 0
  }
}

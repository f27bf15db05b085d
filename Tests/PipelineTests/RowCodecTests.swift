import Bytes
import Events
import Pipeline
import Testing

struct RowCodecTests {
  private static let types = Category.allCases.compactMap { entityType(of: $0) }

  @Test func `every category but none has a type, and the type names it`() {
    #expect(Self.types.count == Category.allCases.count - 1)
    for category in Category.allCases {
      #expect(entityType(of: category)?.category ?? .none == category)
    }
  }

  @Test func `fields are never longer than a row allows`() {
    for type in Self.types {
      #expect(encodeFields(of: type.init()).count <= StateRow.fieldsByteCountMax, "\(type)")
    }
  }

  /// Random field bytes either read back as themselves or are refused; states that read back
  /// always have the length of the empty state.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `random bytes are read back or refused`(seed: UInt64) throws {
    var entropy = SeededEntropy(seed: seed)
    for type in Self.types {
      let count = encodeFields(of: type.init()).count
      var read = 0
      for _ in 0..<500 {
        let byteCount = entropy.next() % 8 == 0 ? Int(entropy.next() % 128) : count
        var fields = (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: entropy.next()) }
        // Keep the small enumerations small now and then, so that some rows are whole.
        for index in fields.indices.prefix(17) where index != 8 || entropy.next() % 2 == 0 {
          if entropy.next() % 4 != 0 { fields[index] = UInt8(entropy.next() % 2) }
        }
        let row = StateRow(
          category: type.category.rawValue, layout: type.layout, fields: fields)
        do {
          guard let state = try decodeState(row), !fields.isEmpty else { continue }
          #expect(encodeFields(of: state) == fields, "seed \(seed), \(type)")
          #expect(fields.count == count)
          read += 1
        } catch { #expect(error.code == .corruption) }
      }
      #expect(read > 0, "seed \(seed), \(type): no whole row among the random ones")
    }
  }

  @Test func `a category's layout is that of its type`() {
    for category in Category.allCases {
      #expect(category.layout == entityType(of: category)?.layout)
    }
  }

  @Test func `a flipped length, category or layout is corruption`() throws {
    var row = StateRow()
    row.store(PatchState())
    row.fields.removeLast()
    #expect(throws: LogError.self) { try decodeState(row) }
    row.store(PatchState())
    row.fields.append(0)
    #expect(throws: LogError.self) { try decodeState(row) }
    row.store(PatchState())
    row.layout = 200
    #expect(throws: LogError.self) { try decodeState(row) }
    row.category = 200
    #expect(throws: LogError.self) { try decodeState(row) }
    row.store(WorkerState())
    #expect(throws: LogError.self) { try decodeState(row, as: PatchState.self) }
  }

  // L-20
  @Test func `a state that this program does not know is damage, and not a patch that is missing`()
    throws
  {
    var row = StateRow()
    row.store(PatchState())
    for status in PatchStatus.allCases {
      row.fields[0] = status.rawValue
      #expect(try decodeState(row, as: PatchState.self).status == status)
    }
    for byte in UInt8(PatchStatus.allCases.count)...UInt8.max {
      row.fields[0] = byte
      let error = #expect(throws: LogError.self) { try decodeState(row, as: PatchState.self) }
      #expect(error?.code == .corruption)
    }
  }

  @Test func `a row without fields is an entity before its first event`() throws {
    let row = StateRow(category: Category.task.rawValue, layout: 9, fields: [])
    #expect(try decodeState(row, as: TaskState.self) == TaskState())
    #expect(try decodeState(StateRow()) == nil)
  }

  @Test func `a run's row begins with its last event`() throws {
    var run = RunState()
    run.lastInRun = Position(0x0102_0304)
    #expect(Array(encodeFields(of: run).prefix(8)) == [4, 3, 2, 1, 0, 0, 0, 0])
  }

  @Test func `states full of values survive the round trip`() throws {
    var worker = WorkerState()
    worker.status = .draining
    worker.isQuarantined = true
    worker.lateEvents = .max
    worker.errorCount = 7
    worker.lastHeartbeat = Timestamp(nanoseconds: -1)
    worker.progress = .max
    worker.terminated = Position(.max)
    var row = StateRow()
    row.store(worker)
    #expect(try decodeState(row, as: WorkerState.self) == worker)
    var reservation = ReservationState()
    reservation.held = .open
    reservation.amount = .max
    reservation.scopes[7] = EntityNumber(.max)
    row.store(reservation)
    #expect(try decodeState(row, as: ReservationState.self) == reservation)
    var task = TaskState()
    task.retriesMax = 254
    task.openFixes = -1
    task.isFix = true
    row.store(task)
    #expect(try decodeState(row, as: TaskState.self) == task)
  }
}

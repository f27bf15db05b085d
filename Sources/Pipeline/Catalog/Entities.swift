internal import Bytes
package import Events

/// The type of a category's rows; nil for `none`.
package func entityType(of category: Category) -> (any EntityState.Type)? {
  switch category {
  case .none: nil
  case .run: RunState.self
  case .request: RequestState.self
  case .phase: PhaseState.self
  case .workstream: WorkstreamState.self
  case .task: TaskState.self
  case .step: StepState.self
  case .tool: ToolState.self
  case .worker: WorkerState.self
  case .patch: PatchState.self
  case .reservation: ReservationState.self
  case .budget: BudgetState.self
  case .gate: GateState.self
  case .review: ReviewState.self
  case .merge: MergeState.self
  case .saga: SagaState.self
  case .error: ErrorState.self
  case .approval: ApprovalState.self
  }
}

extension Category {
  /// The layout of this category's rows; nil for `none`.
  ///
  /// Each append asks for all: asking the types of `entityType(of:)` would build each one's
  /// protocol witnesses.
  package var layout: UInt8? {
    switch self {
    case .none: nil
    case .run: RunState.layout
    case .request: RequestState.layout
    case .phase: PhaseState.layout
    case .workstream: WorkstreamState.layout
    case .task: TaskState.layout
    case .step: StepState.layout
    case .tool: ToolState.layout
    case .worker: WorkerState.layout
    case .patch: PatchState.layout
    case .reservation: ReservationState.layout
    case .budget: BudgetState.layout
    case .gate: GateState.layout
    case .review: ReviewState.layout
    case .merge: MergeState.layout
    case .saga: SagaState.layout
    case .error: ErrorState.layout
    case .approval: ApprovalState.layout
    }
  }
}

/// The state that a row stores; nil for a row without a category.
///
/// A row without fields is one whose entity has seen no event yet.
///
/// Whatever does not read back as the very bytes that are stored counts as damaged.
package func decodeState(_ row: StateRow) throws(LogError) -> (any EntityState)? {
  guard let category = Category(rawValue: row.category) else {
    throw LogError(.corruption, "a row of state has the unknown category \(row.category)")
  }
  guard let type = entityType(of: category) else { return nil }
  return try decode(row, as: type)
}

/// The state of one type that a row stores.
package func decodeState<State: EntityState>(
  _ row: StateRow, as type: State.Type
) throws(LogError) -> State {
  guard row.category == State.category.rawValue else {
    throw LogError(.corruption, "a row of state is not of the category \(State.category)")
  }
  return try decode(row, as: type)
}

private func decode<State: EntityState>(
  _ row: StateRow, as type: State.Type
) throws(LogError) -> State {
  if row.fields.isEmpty { return State() }
  guard row.layout == State.layout else {
    throw LogError(
      .corruption, "a row of state has another layout", expected: String(State.layout),
      actual: String(row.layout))
  }
  var reader = ByteReader(row.fields.rawSpan)
  let state = State(reading: &reader)
  guard !reader.failed, reader.remaining == 0, encodeFields(of: state) == row.fields else {
    throw LogError(.corruption, "a row of state of the category \(State.category) is damaged")
  }
  return state
}

/// The fields of a state as a row stores them.
package func encodeFields(of state: some EntityState) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(StateRow.fieldsByteCountMax)
  state.write(to: &bytes)
  return bytes
}

extension StateRow {
  /// Puts a state into the row; revision and last position stay as they are.
  package mutating func store(_ state: some EntityState) {
    category = Swift.type(of: state).category.rawValue
    layout = Swift.type(of: state).layout
    fields = encodeFields(of: state)
  }
}

/// What a world went through.
struct Figures: Sendable {
  var events = 0
  var duplicates = 0
  var refusals = 0
  var faults = 0
  var interferences = 0
  var restarts = 0
  var reads = 0
  var folds = 0
  var projections = 0
  var rebuilds = 0
  var reactions = 0
  var late = 0
  var coverage = Coverage()
  var undone = 0
  var seals = 0
  var redactions = 0

  mutating func add(_ other: Figures) {
    events += other.events
    duplicates += other.duplicates
    refusals += other.refusals
    faults += other.faults
    interferences += other.interferences
    restarts += other.restarts
    reads += other.reads
    folds += other.folds
    projections += other.projections
    rebuilds += other.rebuilds
    reactions += other.reactions
    late += other.late
    coverage.add(other.coverage)
    undone += other.undone
    seals += other.seals
    redactions += other.redactions
  }

  /// The figures in some lines.
  var text: String {
    """
    \(events) events, of them \(reactions) reactions, \(late) late; \(coverage.types.count) types
    \(duplicates) duplicates, \(refusals) refusals, \(undone) undone, \(faults) faults, \
    \(interferences) interferences, \
    \(restarts) restarts
    \(reads) reads, \(folds) folds, \(projections) projections, \(rebuilds) rebuilds, \
    \(seals) seals, \(redactions) redactions
    """
  }
}

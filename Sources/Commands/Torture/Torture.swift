internal import ArgumentParser
internal import Configuration
internal import Events
internal import Glibc
internal import Synchronization

/// `uetlog torture`: does to a log of its own what can be done to one without harm to others.
struct Torture: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Kill writers and flip bits of a log of its own on this disk, and look what is lost.",
    usage: "uetlog torture [<directory>] [--cycles <cycles>] [<options>]",
    discussion: """
      Works on a new log in a new directory, which goes away at the end; no other log is touched. \
      Kills writers at random moments and looks for every receipt that they printed; flips bits \
      in copies of the file and looks whether verify finds them; measures how long the disk takes \
      to say that something is written. Kills don't cut the power: what a disk keeps that said so \
      too early, only a power cut tells. Exit 0: nothing was lost; 74: something was.

      EXAMPLES
        uetlog torture
        uetlog torture /mnt/disk --cycles 500 --json
      """)

  @Argument(help: "A directory on the disk that is tried; the current one by default.")
  var directory = "."

  @Option(help: "How often all writers are killed.")
  var cycles = 50

  @Option(help: "How many processes write at once.")
  var writers = 4

  @Option(help: "In how many copies a bit is flipped.")
  var flips = 100

  @Option(help: "What the random choices begin with; the same seed makes the same ones.")
  var seed: UInt64?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard 1...100_000 ~= cycles, 1...64 ~= writers, 0...100_000 ~= flips else {
      throw ValidationError("from 1 cycle and 1 to 64 writers; at most 100000 cycles and flips")
    }
  }

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let interrupted = Flag()
    try Interruption.watch { interrupted.isSet.store(true, ordering: .relaxed) }
    let report = try report(console, interrupted)
    // By now the directory is gone, and no process is left that might write to it.
    guard let report else { _exit(130) }
    report.show(console)
    return report.hasFailed ? .unsafe : .done
  }

  /// What became of each part; nil when somebody interrupted it.
  private func report(
    _ console: Console, _ interrupted: Flag
  ) throws(LogError) -> TortureReport? {
    let seed = seed ?? .random(in: 0...UInt64.max)
    let ground = try TortureGround(in: console.here.absolute(directory))
    var progress = Progress("torture", isQuiet: common.quiet || common.json)
    let total = UInt64(cycles + flips)
    var kills = KillCycles(ground, writers: writers, seed: seed)
    for cycle in 0..<cycles where kills.complaints.isEmpty {
      try kills.run(cycle, console.here)
      guard !interrupted.isSet.load(ordering: .relaxed) else { return nil }
      progress.update(UInt64(cycle + 1), of: total)
    }
    var report = TortureReport(seed: seed)
    report.add(kills: kills, cycles: cycles, verifies: try ground.verifies(ground.log))
    if flips > 0 {
      var bits = try BitFlips(ground, seed: seed, console.here)
      for flip in 0..<flips {
        try bits.flip()
        guard !interrupted.isSet.load(ordering: .relaxed) else { return nil }
        progress.update(UInt64(cycles + flip + 1), of: total)
      }
      report.add(bits: bits)
    }
    report.add(flushes: try FlushTimes(in: ground.path))
    return report
  }

  /// Set by another thread.
  private final class Flag: Sendable {
    let isSet = Atomic(false)
  }
}

internal import Bytes

/// Lives through worlds and tells which of them broke a promise.
@main struct Simulate {
  static func main() async {
    guard let options = Options(CommandLine.arguments.dropFirst()) else {
      print("simulate: \(Options.usage)")
      exitWith(64)
    }
    if options.isControls { return await controls(options) }
    let summary = await lived(options, breakage: options.breakage)
    for failure in summary.failures.prefix(10) {
      print("FAIL seed \(failure.seed): \(failure.message)")
      let broken = options.breakage.map { " --break \($0.rawValue)" } ?? ""
      print("     again: tools/simulate --seed \(failure.seed)\(broken) --verbose")
    }
    if options.printsDigest { print("digest \(summary.digest)") }
    print(summary.figures.text)
    // So many worlds go everywhere, or the drafts are not what they should be.
    let missing = summary.figures.coverage.missing
    let mustBeAll = options.seeds.count >= 1000
    let failed = summary.failures.count + (mustBeAll ? missing.count : 0)
    print("\(missing.count) edges of the state tables were not taken")
    if mustBeAll { for edge in missing { print("FAIL no world took the edge \(edge)") } }
    print("\(options.seeds.count - summary.failures.count) passed, \(failed) failed")
    exitWith(failed == 0 ? 0 : 1)
  }

  /// Breaks the log in each way: each must be found.
  private static func controls(_ options: Options) async {
    var missed = 0
    for breakage in Breakage.allCases {
      let summary = await lived(options, breakage: breakage)
      let share = "\(summary.failures.count) of \(options.seeds.count) seeds"
      if let first = summary.failures.first {
        print("found \(breakage.rawValue) in \(share); seed \(first.seed): \(first.message)")
      } else {
        missed += 1
        print("FAIL \(breakage.rawValue) was found in \(share)")
      }
    }
    print("\(Breakage.allCases.count - missed) passed, \(missed) failed")
    exitWith(missed == 0 ? 0 : 1)
  }

  /// What became of some seeds.
  struct Summary {
    var failures: [(seed: UInt64, message: String)] = []
    var figures = Figures()
    var digest = Digest()
  }

  private struct Life: Sendable {
    var index: Int
    var seed: UInt64
    var figures: Figures
    var digest: Digest
    var failure: String?
  }

  /// As many worlds at a time as there are processors.
  private static func lived(_ options: Options, breakage: Breakage?) async -> Summary {
    var lives: [Life] = []
    await withTaskGroup(of: Life.self) { group in
      for (index, seed) in options.seeds.enumerated() {
        if index >= options.jobs, let life = await group.next() { lives.append(life) }
        group.addTask { liveAndRepeat(index, seed, options, breakage) }
      }
      for await life in group { lives.append(life) }
    }
    var summary = Summary()
    for life in lives.sorted(by: { $0.index < $1.index }) {
      summary.figures.add(life.figures)
      summary.digest = Digest.sha256(of: summary.digest.bytes + life.digest.bytes)
      if let failure = life.failure { summary.failures.append((life.seed, failure)) }
    }
    return summary
  }

  /// Lives through a world; some twice, which must be the same.
  private static func liveAndRepeat(
    _ index: Int, _ seed: UInt64, _ options: Options, _ breakage: Breakage?
  ) -> Life {
    var life = live(index, seed, options, breakage)
    guard index % 50 == 0, !options.isVerbose, life.failure == nil else { return life }
    let again = live(index, seed, options, breakage)
    if again.digest != life.digest { life.failure = "two runs of the seed differ" }
    return life
  }

  private static func live(
    _ index: Int, _ seed: UInt64, _ options: Options, _ breakage: Breakage?
  ) -> Life {
    var life = Life(index: index, seed: seed, figures: Figures(), digest: Digest())
    do {
      let world = try World(
        seed: seed, withDisk: breakage == nil || breakage == .differentTwin,
        breakage: breakage, isVerbose: options.isVerbose)
      defer {
        life.figures = world.figures
        life.digest = world.trace.digest
      }
      try world.run()
    } catch { life.failure = "\(error)" }
    return life
  }
}

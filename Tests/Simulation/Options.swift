internal import Glibc

/// What is simulated, from the command line.
struct Options: Sendable {
  static let usage =
    "[--seeds N] [--from SEED] [--seed S] [--verbose] [--digest] [--jobs N] "
    + "[--break NAME | --controls]"

  private(set) var seeds: Range<UInt64> = 1..<201
  private(set) var isVerbose = false
  private(set) var printsDigest = false
  private(set) var isControls = false
  private(set) var breakage: Breakage?
  private(set) var jobs = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  /// Nil when the arguments make no sense.
  init?(_ arguments: some Sequence<String>) {
    var count: UInt64 = 2000
    var first: UInt64 = 1
    var rest = Array(arguments)[...]
    while let option = rest.popFirst() {
      switch option {
      case "--verbose": isVerbose = true
      case "--digest": printsDigest = true
      case "--controls":
        isControls = true
        count = min(count, 40)
      case "--seeds", "--from", "--seed", "--jobs":
        guard let number = rest.popFirst().flatMap({ UInt64($0) }), number < 1 << 62
        else { return nil }
        switch option {
        case "--seeds": count = number
        case "--from": first = number
        case "--jobs": jobs = max(1, Int(number))
        default: (first, count) = (number, 1)
        }
      case "--break":
        guard let name = rest.popFirst(), let named = Breakage(rawValue: name) else { return nil }
        breakage = named
      default: return nil
      }
    }
    seeds = first..<first + count
    if isVerbose { jobs = 1 }
  }
}

func exitWith(_ status: Int32) -> Never {
  exit(status)
}

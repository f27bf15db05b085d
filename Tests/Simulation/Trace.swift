internal import Bytes

/// What happened in a world, line by line: its digest tells whether two runs are the same.
struct Trace {
  private let isVerbose: Bool
  private(set) var digest = Digest()

  init(isVerbose: Bool) { self.isVerbose = isVerbose }

  mutating func note(_ line: String) {
    digest = Digest.sha256(of: digest.bytes + Array(line.utf8))
    if isVerbose { print(line) }
  }
}

/// A promise that does not hold.
struct Breach: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Throws unless a promise holds.
func demand(_ holds: Bool, _ message: @autoclosure () -> String) throws(Breach) {
  if !holds { throw Breach(message()) }
}

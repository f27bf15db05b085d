/// A regular expression as a tree.
indirect enum Syntax: Sendable {
  case set(ScalarSet)
  case sequence([Syntax])
  case choice([Syntax])
  case repeated(Syntax, min: Int, max: Int?)
  case start, end, wordBoundary, noWordBoundary

  static var empty: Syntax { .sequence([]) }
}

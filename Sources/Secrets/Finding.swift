/// A secret in some bytes: which rule found it, and where it is.
package struct Finding: Hashable, Sendable {
  /// The rule's name, as markers show it: lower-case letters, digits and `-`.
  package var rule: String
  /// The secret itself, without the words around it.
  package var range: Range<Int>

  package init(rule: String, range: Range<Int>) {
    self.rule = rule
    self.range = range
  }
}

/// About how long a secret was: never how long exactly.
package enum LengthClass: String, Sendable, CaseIterable {
  case under32 = "<32"
  case under64 = "<64"
  case under256 = "<256"
  case more

  /// The class by its place, as envelopes have it; nil for none.
  package init?(index: UInt8) {
    guard Int(index) < Self.allCases.count else { return nil }
    self = Self.allCases[Int(index)]
  }

  /// Its place among all.
  package var index: UInt8 { UInt8(clamping: Self.allCases.firstIndex(of: self) ?? 0) }

  package init(_ byteCount: Int) {
    self =
      byteCount < 32 ? .under32 : byteCount < 64 ? .under64 : byteCount < 256 ? .under256 : .more
  }
}

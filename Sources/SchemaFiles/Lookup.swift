/// Where `key` is among `count` names that are sorted bytewise, by binary search.
///
/// Only the names on the way are asked for; they are compared as bytes, never as normalised text.
func position(of key: String, count: Int, at name: (Int) -> String) -> Int? {
  var low = 0
  var high = count
  while low < high {
    let middle = low + (high - low) / 2
    if name(middle).utf8.lexicographicallyPrecedes(key.utf8) {
      low = middle + 1
    } else {
      high = middle
    }
  }
  guard low < count, name(low).utf8.elementsEqual(key.utf8) else { return nil }
  return low
}

/// The bytes of a literal.
func copy(_ text: StaticString) -> [UInt8] {
  text.withUTF8Buffer { unsafe Array($0) }
}

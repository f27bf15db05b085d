/// How a payload that is too long for its record's row is cut into rows of its own.
///
/// LMDB gives a value above about half a page whole pages of its own, less 16 bytes for a header:
/// large pieces are cut to fill them. What is left over goes into rows of a quarter page, of which
/// a leaf holds several.
enum Pieces {
  /// The longest record that is stored in one row: three of them fill a page.
  static let inlineByteCountMax = 1344

  private static let pageByteCount = 4096
  private static let headerByteCount = 16
  private static let pagesMax = 16
  private static let smallByteCount = 980
  /// From here on a page of its own wastes less than small rows do.
  private static let wholePageFrom = 3400

  /// The length of the next piece when `remaining` bytes are left.
  static func next(_ remaining: Int) -> Int {
    let largest = pagesMax * pageByteCount - headerByteCount
    if remaining >= largest { return largest }
    let pages = (remaining + headerByteCount) / pageByteCount
    if pages > 0 { return pages * pageByteCount - headerByteCount }
    if remaining >= wholePageFrom { return remaining }
    let rows = (remaining + smallByteCount - 1) / smallByteCount
    return (remaining + rows - 1) / max(rows, 1)
  }

  /// The key of a piece: the largest payload has fewer than 4096.
  static func key(position: UInt64, piece: UInt64) -> UInt64 { position << 12 | piece }

  /// The number of pieces that a key has room for.
  static let countMax: UInt64 = 1 << 12
}

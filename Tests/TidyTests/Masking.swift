/// Swift source without comments and the contents of string literals.
///
/// Blanks stand in their place, so that lines and columns stay where they are.
struct Masking {
  private let source: [UInt8]
  private var output: [UInt8]
  private var index = 0

  static func code(of text: String) -> String {
    var masking = Masking(text)
    masking.run()
    return String(decoding: masking.output, as: UTF8.self)
  }

  private init(_ text: String) {
    source = Array(text.utf8)
    output = source
  }

  private mutating func run() {
    while index < source.count {
      if starts(with: "//") {
        while index < source.count, source[index] != UInt8(ascii: "\n") { blank() }
      } else if starts(with: "/*") {
        blockComment()
      } else if let hashes = hashesBeforeQuote() {
        index += hashes
        string(hashes: hashes)
      } else {
        index += 1
      }
    }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if starts(with: "/*") {
        depth += 1
        blank(2)
      } else if starts(with: "*/") {
        depth -= 1
        blank(2)
      } else {
        blank()
      }
    } while depth > 0 && index < source.count
  }

  /// Blanks a literal; its interpolations too, because no rule needs to look into them.
  private mutating func string(hashes: Int) {
    let guards = String(repeating: "#", count: hashes)
    let quotes = starts(with: "\"\"\"") ? "\"\"\"" : "\""
    blank(quotes.utf8.count)
    while index < source.count {
      if starts(with: "\\" + guards + "(") {
        blank(2 + hashes)
        interpolation()
      } else if starts(with: "\\" + guards) {
        blank(2 + hashes)
      } else if starts(with: quotes + guards) {
        blank(quotes.utf8.count)
        index += hashes
        return
      } else {
        blank()
      }
    }
  }

  private mutating func interpolation() {
    var depth = 1
    while depth > 0, index < source.count {
      if let hashes = hashesBeforeQuote() {
        index += hashes
        string(hashes: hashes)
        continue
      }
      if source[index] == UInt8(ascii: "(") { depth += 1 }
      if source[index] == UInt8(ascii: ")") { depth -= 1 }
      blank()
    }
  }

  private func hashesBeforeQuote() -> Int? {
    var end = index
    while end < source.count, source[end] == UInt8(ascii: "#") { end += 1 }
    return end < source.count && source[end] == UInt8(ascii: "\"") ? end - index : nil
  }

  private func starts(with word: String) -> Bool {
    source[index...].starts(with: word.utf8)
  }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where index < source.count {
      if source[index] != UInt8(ascii: "\n") { output[index] = UInt8(ascii: " ") }
      index += 1
    }
  }
}

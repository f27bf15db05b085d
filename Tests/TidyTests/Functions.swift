/// A function's name and the lines from its keyword to its closing brace.
struct FunctionSpan: Equatable {
  let name: String
  let line: Int
  let lineCount: Int
}

/// The functions and initialisers in masked Swift source, found by counting braces.
func functions(in code: String) -> [FunctionSpan] {
  let tokens = tokens(of: code)
  var spans: [FunctionSpan] = []
  for (index, token) in tokens.enumerated() {
    let isMember = index > 0 && tokens[index - 1].text == "."
    guard !isMember, ["func", "init", "deinit", "subscript"].contains(token.text) else { continue }
    guard let end = bodyEnd(tokens, after: index) else { continue }
    let isNamed = token.text == "func" && index + 1 < tokens.count
    let name = isNamed ? tokens[index + 1].text : token.text
    spans.append(FunctionSpan(name: name, line: token.line, lineCount: end - token.line + 1))
  }
  return spans
}

private struct Word {
  let text: String
  let line: Int
}

/// Words and single punctuation marks, with their lines.
private func tokens(of code: String) -> [Word] {
  var words: [Word] = []
  var current: [UInt8] = []
  var line = 1
  func isWordByte(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte >= 128
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 32)
  }
  for byte in code.utf8 {
    if isWordByte(byte) {
      current.append(byte)
      continue
    }
    if !current.isEmpty {
      words.append(Word(text: String(decoding: current, as: UTF8.self), line: line))
    }
    current = []
    if byte == UInt8(ascii: "\n") { line += 1 }
    if byte > UInt8(ascii: " ") {
      words.append(Word(text: String(decoding: CollectionOfOne(byte), as: UTF8.self), line: line))
    }
  }
  return words
}

/// The line of the brace that closes the body of the function at `start`; nil if it has no body.
private func bodyEnd(_ tokens: [Word], after start: Int) -> Int? {
  var parentheses = 0
  var braces = 0
  for token in tokens[(start + 1)...] {
    switch token.text {
    case "(", "[": parentheses += 1
    case ")", "]": parentheses -= 1
    case "{" where parentheses == 0 || braces > 0: braces += 1
    case "}" where braces > 0:
      braces -= 1
      if braces == 0 { return token.line }
    case "}" where parentheses == 0: return nil
    case "func", "init", "var", "let", "deinit", "associatedtype":
      if braces == 0, parentheses == 0 { return nil }
    default: break
    }
  }
  return nil
}

internal import Events
internal import Evidence
package import JSON

/// A value of a setting, checked.
package enum SettingValue: Hashable, Sendable {
  case integer(Int64)
  /// In thousandths.
  case share(Int64)
  case duration(String)
  case flag(Bool)
  case text(String)
  case nothing
  case words([String])

  /// The number that rules take.
  package var number: Int64 {
    switch self {
    case .integer(let value), .share(let value): value
    default: 0
    }
  }

  /// The value as JSON.
  package func write(to writer: inout JSONWriter) {
    switch self {
    case .integer(let value): writer.int(value)
    case .share: writer.raw(Array(description.utf8))
    case .flag(let value): writer.bool(value)
    case .duration(let text), .text(let text): writer.string(text)
    case .nothing: writer.null()
    case .words(let words):
      writer.beginArray()
      for word in words { writer.string(word) }
      writer.endArray()
    }
  }
}

extension SettingValue: CustomStringConvertible {
  package var description: String {
    switch self {
    case .integer(let value): return String(value)
    case .share(let permille):
      if permille >= 1000 { return "1" }
      var digits = String(permille + 1000).dropFirst()
      while digits.last == "0" { digits.removeLast() }
      return "0." + digits
    case .flag(let value): return value ? "true" : "false"
    case .duration(let text), .text(let text): return text
    case .nothing: return ""
    case .words(let words): return words.joined(separator: ",")
    }
  }
}

extension Setting.Kind {
  /// Reads a value as an environment variable or flag gives it; nil when it is none.
  package func value(_ text: String) -> SettingValue? {
    switch self {
    case .integer(let range): Int64(text).flatMap { range.contains($0) ? .integer($0) : nil }
    case .share: Double(text).flatMap { Self.share($0) }
    case .duration: Duration(text).map { _ in .duration(text) }
    case .flag: text == "true" ? .flag(true) : text == "false" ? .flag(false) : nil
    case .choice(let words): words.contains(text) ? .text(text) : nil
    case .optionalText: text.isEmpty ? .nothing : text.utf8.count <= 128 ? .text(text) : nil
    case .sealingKey: text.isEmpty ? .nothing : (try? SealingKey(text)).map { _ in .text(text) }
    case .order(let words): Self.order(text.split(separator: ",").map(String.init), of: words)
    case .variables: Self.variables(text.split(separator: ",").map(String.init))
    }
  }

  /// Reads a value as a file gives it; nil when it is none.
  package func value(_ document: JSONDocument, _ node: JSONNode) -> SettingValue? {
    switch self {
    case .integer(let range):
      return document.int64(node).flatMap { range.contains($0) ? .integer($0) : nil }
    case .share: return document.double(node).flatMap { Self.share($0) }
    case .flag: return document.bool(node).map { .flag($0) }
    case .duration, .choice: return document.string(node).flatMap { value($0) }
    case .optionalText, .sealingKey:
      if document.kind(node) == .null { return .nothing }
      return document.string(node).flatMap { $0.isEmpty ? nil : value($0) }
    case .order(let words):
      return Self.words(document, node).flatMap { Self.order($0, of: words) }
    case .variables: return Self.words(document, node).flatMap { Self.variables($0) }
    }
  }

  private static func words(_ document: JSONDocument, _ node: JSONNode) -> [String]? {
    guard document.kind(node) == .array else { return nil }
    var found: [String] = []
    document.forEachElement(node) { found.append(document.string($0) ?? "") }
    return found
  }

  private static func variables(_ names: [String]) -> SettingValue? {
    func isPart(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
      default: false
      }
    }
    guard names.count <= 64, Set(names).count == names.count,
      names.allSatisfy({ (1...128).contains($0.utf8.count) && $0.utf8.allSatisfy(isPart) })
    else { return nil }
    return .words(names)
  }

  private static func share(_ value: Double) -> SettingValue? {
    guard value > 0, value <= 1 else { return nil }
    return .share(max(1, Int64((value * 1000).rounded())))
  }

  private static func order(_ found: [String], of words: [String]) -> SettingValue? {
    guard !found.isEmpty, Set(found).count == found.count, Set(found).isSubset(of: words) else {
      return nil
    }
    return .words(found)
  }

  /// The number that rules take for a value: of a choice its place among the words.
  func number(of value: SettingValue) -> Int64 {
    guard case .choice(let words) = self, case .text(let word) = value,
      let place = words.firstIndex(of: word)
    else { return value.number }
    return Int64(place)
  }

  /// Whether errors quote a wrong value: not where it may be the private half of a key.
  var isQuoted: Bool {
    if case .sealingKey = self { false } else { true }
  }

  /// What a value may be, in words.
  package var expected: String {
    switch self {
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .share: "a number above 0 and at most 1"
    case .duration: "a length of time like 200ms, 5s or 2m"
    case .flag: "true or false"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .optionalText: "a text of at most 128 bytes, or null"
    case .sealingKey: "the public key that `uetlog key new --sealing` prints, or null"
    case .variables: "names of environment variables, at most 64, each once"
    case .order(let words): "some of \(words.joined(separator: ", ")), each once"
    }
  }
}

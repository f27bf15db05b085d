internal import Events
internal import JSON
internal import Schema

/// Makes a payload of `key=value`, `a.b=value`, `key[]=value` and `key:=JSON` words.
struct FieldWords {
  /// What the type's schema says about a field; asked only when it matters.
  let types: (_ path: [String]) -> FieldType

  /// The payload as JSON.
  func payload(_ words: [String]) throws(LogError) -> [UInt8] {
    var payload = FieldValue.object([])
    for word in words { try add(word, to: &payload) }
    var writer = JSONWriter()
    payload.write(to: &writer)
    return writer.bytes
  }

  private func add(_ word: String, to payload: inout FieldValue) throws(LogError) {
    guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
      throw LogError(
        .usage, "\"\(word)\" is no field",
        expected: "key=value, a.b=value, key[]=value or key:=JSON")
    }
    var key = word[..<equals]
    let text = String(word[word.index(after: equals)...])
    let isRaw = key.last == ":"
    if isRaw { key.removeLast() }
    var isElement = key.hasSuffix("[]")
    if isElement { key.removeLast(2) }
    let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !path.contains("") else {
      throw LogError(.usage, "\"\(word)\" has an empty key", expected: "key=value or a.b=value")
    }
    let value: FieldValue
    if isRaw {
      value = .raw(try Self.json(text, key: String(key)))
    } else {
      let type = types(path)
      let isList = isElement || (type.isList && !text.hasPrefix("["))
      isElement = isList
      value = .raw(Self.typed(text, isList ? types(path + [FieldType.element]) : type))
    }
    do throws(FieldValue.Refusal) {
      try payload.put(value, at: path[...], isElement: isElement)
    } catch {
      throw LogError(
        .usage,
        error == .taken
          ? "\(key) is given twice" : "\(key) lies inside of a field that is no object",
        hint: error == .taken ? "Write \(key)[]=… for the elements of an array" : nil)
    }
  }

  private static func json(_ text: String, key: String) throws(LogError) -> [UInt8] {
    do {
      let document = try JSONDocument(parsing: Array(text.utf8))
      return document.compacted(document.root)
    } catch {
      throw LogError(
        .badInput, "\(key):= is not JSON: \(error.message)", pointer: "/" + key,
        hint: "`\(key)=…` takes text as it is")
    }
  }

  /// The text as the JSON that the schema asks for: a string wherever it may be one, unless the
  /// schema allows the number or truth value that it looks like as well.
  static func typed(_ text: String, _ type: FieldType) -> [UInt8] {
    if let document = try? JSONDocument(parsing: Array(text.utf8)) {
      let found = FieldType(document, document.root)
      let isText = found == .string || (type.contains(.string) && !found.isPlain)
      // What can be no text is left as it looks: if it is wrong, the schema says so.
      if !isText, type.contains(found) || (!type.isEmpty && !type.contains(.string)) {
        return document.compacted(document.root)
      }
    }
    return Array(JSONWriter.escaped(text).utf8)
  }
}

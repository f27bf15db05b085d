/// A member's key and value in one step.
extension JSONWriter {
  /// Nothing for nil.
  package mutating func member(_ key: String, _ text: String?) {
    guard let text else { return }
    self.key(key)
    string(text)
  }

  /// `null` for nil.
  package mutating func member(_ key: String, orNull text: String?) {
    self.key(key)
    if let text { string(text) } else { null() }
  }

  package mutating func member(_ key: String, _ number: some BinaryInteger) {
    self.key(key)
    int(number)
  }

  package mutating func member(_ key: String, _ flag: Bool) {
    self.key(key)
    bool(flag)
  }

  /// Tokens as they were received; nothing for nil.
  package mutating func member(_ key: String, raw tokens: [UInt8]?) {
    guard let tokens else { return }
    self.key(key)
    raw(tokens)
  }

  package mutating func member(_ key: String, _ texts: [String]) {
    self.key(key)
    beginArray()
    for text in texts { string(text) }
    endArray()
  }
}

internal import JSON

/// A payload as it grows from `key=value` words.
indirect enum FieldValue {
  /// JSON as it is.
  case raw([UInt8])
  case object([Member])
  case array([FieldValue])

  struct Member {
    var key: String
    var value: FieldValue
  }

  func write(to writer: inout JSONWriter) {
    switch self {
    case .raw(let json): writer.raw(json)
    case .object(let members):
      writer.beginObject()
      for member in members {
        writer.key(member.key)
        member.value.write(to: &writer)
      }
      writer.endObject()
    case .array(let elements):
      writer.beginArray()
      for element in elements { element.write(to: &writer) }
      writer.endArray()
    }
  }

  /// Why a value can't be put where it should go.
  enum Refusal: Error {
    /// The place holds another value already.
    case taken
    /// The way leads through something that is no object.
    case blocked
  }

  /// Puts a value at a path of keys, into the array there if `isElement`.
  mutating func put(
    _ value: FieldValue, at path: ArraySlice<String>, isElement: Bool
  ) throws(Refusal) {
    guard case .object(var members) = self, let key = path.first else { throw .blocked }
    let place = members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
    if path.count > 1 {
      var child = place.map { members[$0].value } ?? .object([])
      try child.put(value, at: path.dropFirst(), isElement: isElement)
      Self.store(child, key, place, &members)
    } else if isElement {
      switch place.map({ members[$0].value }) {
      case nil: Self.store(.array([value]), key, place, &members)
      case .array(let elements): Self.store(.array(elements + [value]), key, place, &members)
      default: throw .taken
      }
    } else {
      guard place == nil else { throw .taken }
      Self.store(value, key, place, &members)
    }
    self = .object(members)
  }

  private static func store(
    _ value: FieldValue, _ key: String, _ place: Int?,
    _ members: inout [Member]
  ) {
    if let place {
      members[place].value = value
    } else {
      members.append(Member(key: key, value: value))
    }
  }
}

internal import Bytes
internal import Events
internal import JSON

extension Reaction {
  /// A request for a person's decision.
  ///
  /// Its id follows from the cause and the subject, so that a second look at the same cause makes
  /// the same request.
  static func review(
    of subject: Name, because event: DomainEvent, _ summary: String, _ options: [ReviewOption]
  ) -> Reaction {
    var json = JSONWriter()
    json.beginObject()
    json.key("review_id")
    json.string(derivedID(event.eventID, subject))
    json.key("subject")
    json.string(bytes: subject.bytes.span)
    json.key("summary")
    json.string(summary.cut(toScalars: 1024))
    json.key("error_events")
    json.beginArray()
    json.string(event.eventID.description)
    json.endArray()
    json.key("options")
    json.beginArray()
    for option in options {
      json.beginObject()
      json.key("decision")
      json.string(option.decision)
      json.key("text")
      json.string(option.text)
      json.endObject()
    }
    json.endArray()
    json.endObject()
    return Reaction(.review_requested, json.bytes)
  }

  private static func derivedID(_ cause: ULID, _ subject: Name) -> String {
    let digest = Digest.sha256(of: cause.utf8 + subject.bytes)
    let random = Digest.sha256(of: digest.bytes).prefix64
    return ULID(
      milliseconds: cause.milliseconds,
      random: (UInt16(truncatingIfNeeded: digest.prefix64), random)
    ).description
  }
}

/// One way to decide a review.
struct ReviewOption {
  /// `approve`, `reject` or `adjust`.
  var decision: String
  var text: String
}

extension String {
  /// The text without what is over the limit, and without control characters that reasons may
  /// not have.
  package func cut(toScalars count: Int) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in unicodeScalars.prefix(count) {
      let isKept = scalar.value >= 0x20 || scalar == "\t" || scalar == "\n" || scalar == "\r"
      scalars.append(isKept && scalar.value != 0x7F ? scalar : " ")
    }
    return String(scalars)
  }
}

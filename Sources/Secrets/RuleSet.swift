/// The rules that every scan uses, apart from the caller's literal values.
package enum RuleSet {
  /// Raised whenever a rule is added or changed, so that a later scan knows what is current.
  package static let version = 1

  /// The names of all rules, as findings and markers show them.
  package static var names: [String] {
    var names = TokenRule.all.map(\.name)
    names += [
      AssignmentRule.name, AWSSecretRule.name, WebTokenRule.name, PrivateKeyRule.name,
      URLRule.name, AuthorizationRule.name, NetrcRule.name, NKeyRule.name,
      OpenAIRule.name, DockerAuthRule.name, AccountKeyRule.name, ClientKeyRule.name,
      TelegramRule.name,
    ]
    return names.sorted().reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// The keywords of all rules.
  static var keywords: [Keyword] {
    TokenRule.all.indices.map { Keyword(TokenRule.all[$0].prefix, .token($0)) }
      + AssignmentRule.keywords
      + [
        Keyword("eyJ", .webToken), Keyword("-----BEGIN ", anchor: 6, .privateKey),
        Keyword("://", .url), Keyword("authorization", foldsCase: true, anchor: 5, .authorization),
        Keyword("T3BlbkFJ", .openAI), Keyword("\"auth", anchor: 0, .dockerAuth),
        Keyword("AccountKey=", anchor: 5, .accountKey), Keyword("-key-data", .clientKey),
        Keyword(":AA", .telegram), Keyword(Marker.opening, anchor: 4, .marker),
      ] + NKeyRule.keywords
  }
}

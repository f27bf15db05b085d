package import Events
internal import JSON
package import Pipeline
internal import SchemaFiles

extension Settings {
  /// Reads what tokens cost: from the repository's `config/pricing.json`, else the shipped prices.
  ///
  /// Only reservations go by them, so that other appends don't read the file.
  package mutating func readPrices(_ here: Surroundings) throws(LogError) {
    if let file = try Self.repositoryFile("pricing.json", here) {
      prices = try Self.prices(file.bytes, file.path)
    } else if let index = ConfigFiles.index(ofPath: "pricing.json") {
      prices = try Self.prices(ConfigFiles.bytes(at: index), "config/pricing.json")
    }
  }

  /// The prices in a file; anything in it that is no price is an error.
  package static func prices(
    _ bytes: [UInt8], _ path: String
  ) throws(LogError) -> [String: TokenPrice] {
    let document: JSONDocument
    do { document = try JSONDocument(parsing: bytes) } catch {
      throw LogError(.settings, "\(path) is broken: \(error.message)", pointer: error.pointer)
    }
    guard let models = document.member(document.root, "models"),
      document.kind(models) == .object, document.count(document.root) == 1
    else { throw LogError(.settings, "\(path) has no prices", expected: #"{"models": {…}}"#) }
    var prices: [String: TokenPrice] = [:]
    for (model, node) in document.members(of: models) {
      let numbers = ["input_micro_usd_per_mtok", "output_micro_usd_per_mtok"].map {
        document.member(node, $0).flatMap { document.int64($0) } ?? -1
      }
      guard let input = numbers.first, let output = numbers.last, input >= 0, output >= 0,
        document.count(node) == 2
      else {
        throw LogError(
          .settings, "\(path) has a wrong price",
          expected: "input_micro_usd_per_mtok and output_micro_usd_per_mtok, whole numbers from 0",
          pointer: "/models/" + JSONDocument.pointerStep(model))
      }
      prices[model] = TokenPrice(input: input, output: output)
    }
    return prices
  }
}

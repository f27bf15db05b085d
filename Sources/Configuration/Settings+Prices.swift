internal import Bytes
package import Events
internal import JSON
package import Pipeline
internal import SchemaFiles

extension Settings {
  static let priceFileName = "pricing.json"

  /// Reads what tokens cost: from the repository's `config/pricing.json`, else the shipped prices.
  ///
  /// Only reservations go by them, so that other appends don't look into the file.
  package mutating func readPrices() throws(LogError) {
    if let file = priceFile {
      prices = try Self.prices(file.bytes, file.path)
    } else if let bytes = Self.shippedPrices {
      prices = try Self.prices(bytes, "config/" + Self.priceFileName)
    }
  }

  /// The digest of the prices' tokens, however they are spaced; of a broken file's bytes.
  var priceDigest: Digest {
    guard let file = priceFile else { return Digest.sha256(of: Self.shippedPrices ?? []) }
    guard let document = try? JSONDocument(parsing: file.bytes) else {
      return Digest.sha256(of: file.bytes)
    }
    return Digest.sha256(of: document.compacted(document.root))
  }

  /// Without white space.
  private static var shippedPrices: [UInt8]? {
    ConfigFiles.index(ofPath: priceFileName).map { ConfigFiles.bytes(at: $0) }
  }

  /// The prices in a file; anything in it that is no price is an error.
  package static func prices(
    _ bytes: [UInt8], _ path: String
  ) throws(LogError) -> [String: TokenPrice] {
    let document: JSONDocument
    do { document = try JSONDocument(parsing: bytes) } catch {
      throw .broken(.settings, path, error, in: bytes)
    }
    guard let models = document.member(document.root, "models"),
      document.kind(models) == .object, document.count(document.root) == 1
    else { throw LogError(.settings, "\(path) has no prices", expected: #"{"models": {…}}"#) }
    var prices: [String: TokenPrice] = [:]
    for (model, node) in document.namedMembers(models) {
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

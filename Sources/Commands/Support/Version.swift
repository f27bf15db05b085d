internal import LMDB

/// What this program is.
enum Version {
  static let number = "0.1.0"

  static var text: String { "uetlog \(number) (LMDB \(Environment.libraryVersion))" }
}

/// What one call may bring in.
///
/// At the limit is fine, one above is refused.
package enum Limits {
  package static let payloadByteCount = 256 << 10
  package static let artifactByteCount = 16 << 20
  package static let batchEventCount = 1000
  package static let batchByteCount = 32 << 20
  package static let keyByteCount = 128
  package static let sourceByteCount = 128
  package static let labelCount = 16
  package static let labelByteCount = 64

  /// The largest payload of a type: patches bring their diff along, sealed copies hold a payload as
  /// base64.
  package static func payloadByteCount(of type: String) -> Int {
    switch type {
    case "patch_created": artifactByteCount
    case "payload_sealed": artifactByteCount / 2 * 3
    default: payloadByteCount
    }
  }
}

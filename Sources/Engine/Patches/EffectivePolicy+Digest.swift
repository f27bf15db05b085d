internal import Bytes
package import Policy

extension EffectivePolicy {
  /// Of the merged values, whatever files they are from: 16 hexadecimal digits of the SHA-256 over
  /// a line `name=value` for each.
  package var digest: String {
    var hasher = Hasher256()
    for entry in entries { hasher.update(Array("\(entry.name)=\(entry.value)\n".utf8)) }
    return String(hasher.finalize().description.prefix(16))
  }
}

import Glibc

/// A directory that is gone with the value; paths in it are relative.
final class TemporaryPlace {
  let path: String

  init() {
    var template = Array("/tmp/uetlog-commands-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, let path = unsafe mkdtemp(base) else { return "" }
      return unsafe String(cString: path)
    }
    path = made
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    if let listing = unsafe opendir(path) {
      while let entry = unsafe readdir(listing) {
        let name = unsafe withUnsafePointer(to: entry.pointee.d_name) {
          unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
            unsafe String(cString: $0)
          }
        }
        if name != ".", name != ".." { remove(path + "/" + name) }
      }
      unsafe closedir(listing)
      _ = unsafe rmdir(path)
    } else {
      _ = unsafe unlink(path)
    }
  }

  /// Makes a directory with those above it and tells its path.
  @discardableResult
  func directory(_ name: String) -> String {
    var partial = path
    for component in name.split(separator: "/") {
      partial += "/" + component
      _ = unsafe mkdir(partial, 0o700)
    }
    return partial
  }

  /// Writes a file and the directories above it.
  func file(_ name: String, _ text: String) {
    if let slash = name.lastIndex(of: "/") { directory(String(name[..<slash])) }
    let descriptor = unsafe open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
  }
}

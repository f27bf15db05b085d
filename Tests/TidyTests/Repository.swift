internal import Glibc

/// The files of the repository that this test was compiled in.
enum Repository {
  /// The folder that holds Package.swift, with a slash at its end.
  static let root: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/") + "/"
  }()

  /// All files that belong to the repository, as paths below its root, sorted.
  static let files: [String] = list("").sorted()

  /// The files whose path starts with one of `folders` and ends with `ending`.
  static func files(in folders: String..., ending: String) -> [SourceFile] {
    files.filter { path in path.hasSuffix(ending) && folders.contains { path.hasPrefix($0) } }
      .map { SourceFile(path: $0, text: text($0)) }
  }

  /// What a file holds; empty if there is no such file.
  static func text(_ path: String) -> String {
    String(decoding: bytes(path), as: UTF8.self)
  }

  static func bytes(_ path: String) -> [UInt8] {
    let descriptor = unsafe open(root + path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }

  static func exists(_ path: String) -> Bool { unsafe access(root + path, F_OK) == 0 }

  static func isExecutable(_ path: String) -> Bool { unsafe access(root + path, X_OK) == 0 }

  /// Folders that hold no sources of ours: what git, the build and the tools leave behind.
  private static func isForeign(_ name: String) -> Bool {
    name == ".git" || name == ".swiftpm" || name == "__pycache__" || name.hasPrefix(".build")
      || name.hasPrefix(".uetlog") || name == "Package.resolved"
  }

  private static func list(_ folder: String) -> [String] {
    guard let directory = unsafe opendir(root + folder) else { return [] }
    defer { unsafe closedir(directory) }
    var found: [String] = []
    while let entry = unsafe readdir(directory) {
      guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
      let name = unsafe String(
        cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
      if name == "." || name == ".." || isForeign(name) { continue }
      if unsafe entry.pointee.d_type == UInt8(DT_DIR) {
        found += list(folder + name + "/")
      } else {
        found.append(folder + name)
      }
    }
    return found
  }
}

/// One file and its lines.
struct SourceFile: Sendable {
  let path: String
  let lines: [Substring]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  var text: String { lines.joined(separator: "\n") }
}

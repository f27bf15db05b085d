internal import Configuration
internal import EventLog
internal import Events
internal import Evidence
internal import Glibc

/// The keys of this user: one file each, in a directory outside of all logs.
struct KeyStore {
  /// Longer names make file names that systems refuse.
  private static let fileNameByteCountMax = 200

  let directory: String

  /// `UETLOG_KEYS`, else `uetlog/keys` where this user's configuration is.
  init(_ here: Surroundings) throws(LogError) {
    if let path = try here.variable("UETLOG_KEYS") {
      directory = here.absolute(path)
    } else if let path = try here.variable("XDG_CONFIG_HOME"), path.hasPrefix("/") {
      directory = path + "/uetlog/keys"
    } else if let home = try here.variable("HOME") {
      directory = home + "/.config/uetlog/keys"
    } else {
      throw LogError(
        .settings, "there is no place for keys", hint: "Set UETLOG_KEYS to a directory of yours")
    }
  }

  /// The names of the signing keys that are there, sorted.
  var names: [KeyName] { names(suffix: "") }

  func names(suffix: String) -> [KeyName] {
    Directory.names(in: directory)
      .compactMap { $0.hasSuffix(suffix) ? Self.name(ofFile: $0.dropLast(suffix.count)) : nil }
      .sorted { $0.text < $1.text }
  }

  /// Reads a signing key; nil when there is none of this name.
  func key(_ name: KeyName) throws(LogError) -> SigningKey? {
    let path = self.path(name)
    guard let text = try Self.secretText(path) else { return nil }
    do throws(EvidenceError) { return try SigningKey(secretText: text) } catch {
      throw LogError(.unsafe, "\(path): \(error.message)")
    }
  }

  /// Reads the text of a private key from a file that nobody else can read; nil when there is none.
  static func secretText(_ path: String) throws(LogError) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw LogError(.unsafe, "can't read the key \(path): \(systemText(errno))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid(), status.st_mode & 0o077 == 0
    else {
      throw LogError(
        .unsafe, "others can read or change the key \(path)", expected: "a file of yours, 0600",
        hint: "Make a new key: this one may be known to others")
    }
    let bytes = try Files.contents(of: descriptor, name: path, byteCountMax: 1024)
    let line = bytes.last == 0x0A ? bytes.dropLast() : bytes[...]
    return String(decoding: line, as: UTF8.self)
  }

  /// Makes a signing key and keeps it; there must be none of this name.
  func make(_ name: KeyName) throws(LogError) -> SigningKey {
    let key: SigningKey
    do throws(EvidenceError) { key = try SigningKey(name: name) } catch {
      throw LogError(.system, error.message)
    }
    try keep(key.secretText, of: name, in: path(name))
    return key
  }

  /// Keeps the text of a private key in a new file.
  func keep(_ secretText: String, of name: KeyName, in path: String) throws(LogError) {
    guard Self.fileName(name).utf8.count <= Self.fileNameByteCountMax else {
      throw LogError(.usage, "the name of the key is too long")
    }
    try makeDirectory()
    let temporary = directory + "/.new-\(getpid())"
    unsafe unlink(temporary)
    let descriptor = unsafe open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("make", path) }
    defer {
      close(descriptor)
      unsafe unlink(temporary)
    }
    guard Output.write(all: Array((secretText + "\n").utf8), to: descriptor) == nil,
      fsync(descriptor) == 0
    else { throw failure("write", path) }
    // Unlike a renaming, this never takes the place of another key.
    guard unsafe link(temporary, path) == 0 else {
      if errno == EEXIST {
        throw LogError(
          .cannotWrite, "there is a key \(name) already", actual: path,
          hint: "`uetlog key show` shows it; move the file away to make another one")
      }
      throw failure("make", path)
    }
  }

  private func failure(_ doing: String, _ path: String) -> LogError {
    LogError(.cannotWrite, "can't \(doing) the key \(path): \(systemText(errno))")
  }

  private func makeDirectory() throws(LogError) {
    Directory.make(directory)
    var status = stat()
    guard unsafe stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw LogError(.cannotWrite, "can't make the directory \(directory): \(systemText(errno))")
    }
    guard status.st_mode & 0o022 == 0 else {
      throw LogError(.unsafe, "others can write to \(directory)", expected: "0700")
    }
  }

  /// Where a signing key is kept.
  func path(_ name: KeyName) -> String { directory + "/" + Self.fileName(name) }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
    default: false
    }
  }

  /// The name with all but letters, digits, `-` and `_` as `%` and two digits.
  static func fileName(_ name: KeyName) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let bytes = name.text.utf8.flatMap { byte in
      isPlain(byte)
        ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func name(ofFile file: some StringProtocol) -> KeyName? {
    var bytes: [UInt8] = []
    var rest = Array(file.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard rest.count >= 2,
          let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self), let name = KeyName(text),
      fileName(name) == file
    else { return nil }
    return name
  }
}

extension KeyStore {
  /// Refuses keys that lie in the log that they are to sign.
  func requireOutside(ofLog path: String) throws(LogError) {
    try Self.require(directory, outsideOfLog: path)
  }

  /// Refuses a directory of keys in a log.
  static func require(_ directory: String, outsideOfLog path: String) throws(LogError) {
    guard (Files.resolved(directory) + "/").hasPrefix(Files.resolved(path) + "/") else { return }
    throw LogError(
      .unsafe, "the keys are kept inside of the log: who gets the log gets them too",
      actual: directory, hint: "Set UETLOG_KEYS to a directory elsewhere")
  }

  /// The key to sign a log's checkpoints with: the named one, else the one that is called like
  /// the log, else the only one.
  func signing(_ wanted: String?, origin: String) throws(LogError) -> SigningKey {
    let names = self.names
    if let wanted {
      if let name = KeyName(wanted), let key = try key(name) { return key }
      throw LogError(
        .notFound, "there is no key \(wanted) in \(directory)", allowed: names.map(\.text),
        hint: "`uetlog key new NAME` makes one")
    }
    if let name = KeyName(origin), let key = try key(name) { return key }
    guard names.count <= 1 else {
      throw LogError(
        .usage, "there are several keys, and none is called like the log",
        allowed: names.map(\.text), hint: "Say which: --key NAME")
    }
    guard let name = names.first, let key = try key(name) else {
      throw LogError(
        .notFound, "there is no key to sign with in \(directory)",
        hint: "`uetlog key new` makes one")
    }
    return key
  }
}

internal import Events

/// The command line of `append`, taken apart.
///
/// Done by hand and not by ArgumentParser, which would take as long as the append itself.
struct AppendArguments: Sendable {
  private(set) var type: String?
  /// The `key=value` words.
  private(set) var fields: [String] = []
  private var values: [Given] = []
  private(set) var labels: [String] = []
  private var flags: [AppendOption] = []

  /// An object: for the runtime all arrays of objects are of one type, which is made already.
  private final class Given: Sendable {
    let option: AppendOption
    let value: String

    init(option: AppendOption, value: String) {
      self.option = option
      self.value = value
    }
  }

  /// Help is wanted: ArgumentParser prints it.
  private(set) var isHelpWanted = false

  /// Takes the words after `append` apart.
  init(_ words: [String]) throws(LogError) {
    var index = 0
    var isLiteral = false
    while index < words.count {
      let word = words[index]
      index += 1
      if isLiteral || !word.hasPrefix("-") || word == "-" {
        try take(word)
      } else if word == "--" {
        isLiteral = true
      } else if word == "-h" || word == "--help" || word == "-help" || word == "--help-hidden" {
        isHelpWanted = true
        return
      } else {
        try take(option: word, words, &index)
      }
    }
    try checkCombinations()
  }

  func value(_ option: AppendOption) -> String? {
    values.first { $0.option == option }?.value
  }

  /// All values and fields, as they were given.
  var texts: [String] { fields + labels + values.map(\.value) }

  func has(_ flag: AppendOption) -> Bool { flags.contains(flag) }

  private mutating func take(_ word: String) throws(LogError) {
    if type != nil {
      fields.append(word)
      return
    }
    guard !word.utf8.contains(0x3D) else {
      throw Self.usage("the event's type comes before \"\(word)\"")
    }
    type = word
  }

  private mutating func take(
    option word: String, _ words: [String], _ index: inout Int
  ) throws(LogError) {
    // Bytes: to find where characters end takes tables that nothing else here needs.
    let body = word.hasPrefix("--") ? word.utf8.dropFirst(2) : word.utf8.prefix(0)
    let equals = body.firstIndex(of: UInt8(ascii: "="))
    let name = String(Substring(body[..<(equals ?? body.endIndex)]))
    guard let option = AppendOption.allCases.first(where: { $0.rawValue == name }) else {
      throw Self.unknown(word, name)
    }
    guard option.takesValue else {
      guard equals == nil else { throw Self.usage("--\(name) takes no value") }
      if !has(option) { flags.append(option) }
      return
    }
    let value: String
    if let equals {
      value = String(Substring(body[body.index(after: equals)...]))
    } else {
      guard index < words.count, !words[index].hasPrefix("--") else {
        throw Self.usage("--\(name) needs a value")
      }
      value = words[index]
      index += 1
    }
    if option.isRepeatable {
      labels.append(value)
    } else {
      guard self.value(option) == nil else { throw Self.usage("--\(name) is given twice") }
      values.append(Given(option: option, value: value))
    }
  }

  private func checkCombinations() throws(LogError) {
    if type == nil {
      if let wrong = firstGiven({ $0.isForOneEvent }) {
        throw Self.usage("--\(wrong.rawValue) needs a TYPE: lines of drafts say it themselves")
      }
    } else if let wrong = firstGiven({ $0.isForLines }) {
      throw Self.usage("--\(wrong.rawValue) is for lines on standard input, without a TYPE")
    }
    guard has(.atomic), has(.followStdin) else { return }
    throw Self.usage("--atomic and --follow-stdin exclude each other")
  }

  private func firstGiven(_ isWanted: (AppendOption) -> Bool) -> AppendOption? {
    values.first { isWanted($0.option) }?.option ?? flags.first(where: isWanted)
  }

  private static func unknown(_ word: String, _ name: String) -> LogError {
    var error = usage("append has no option \(word)")
    error.allowed = AppendOption.allCases.filter { $0.rawValue.hasPrefix(name.prefix(2)) }
      .map { "--" + $0.rawValue }
    if name.isEmpty { error.allowed = [] }
    return error
  }

  private static func usage(_ message: String) -> LogError {
    LogError(.usage, message, hint: "`uetlog help append` shows all options")
  }
}

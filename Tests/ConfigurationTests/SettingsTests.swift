import Configuration
import Events
import JSON
import Pipeline
import SchemaFiles
import TestSupport
import Testing

@Suite struct SettingsTests {
  private func settings(
    _ place: TemporaryDirectory, environment: [String: String] = [:],
    flags: [(setting: String, value: String, option: String)] = []
  ) throws -> Settings {
    try Settings(
      log: place.path + "/log",
      Surroundings(workingDirectory: place.path + "/work", environment: environment), flags: flags)
  }

  private func wait(_ settings: Settings) throws -> (SettingValue, Settings.Source) {
    let setting = try #require(SettingTable.setting("append.wait"))
    return settings.value(setting)
  }

  @Test func `each source is stronger than the one before`() throws {
    let place = try TemporaryDirectory()
    place.directory("work")
    #expect(try wait(settings(place)).1 == .shipped)
    try place.file("config/uetlog.json", #"{"append":{"wait":"1s"}}"#)
    #expect(
      try wait(settings(place)) == (.duration("1s"), .file(place.path + "/config/uetlog.json")))
    try place.file("log/config.json", #"{"append":{"wait":"2s"}}"#)
    #expect(try wait(settings(place)) == (.duration("2s"), .file(place.path + "/log/config.json")))
    let environment = ["UETLOG_APPEND_WAIT": "3s"]
    #expect(
      try wait(settings(place, environment: environment))
        == (.duration("3s"), .variable("UETLOG_APPEND_WAIT")))
    let flagged = try settings(
      place, environment: environment, flags: [("append.wait", "4s", "--wait")])
    #expect(try wait(flagged) == (.duration("4s"), .flag("--wait")))
    #expect(flagged.waitNanoseconds == 4_000_000_000)
  }

  @Test func `the repository's settings end at the top of the work tree`() throws {
    let place = try TemporaryDirectory()
    place.directory("work/.git")
    try place.file("config/uetlog.json", #"{"append":{"wait":"1s"}}"#)
    #expect(try wait(settings(place)).1 == .shipped)
  }

  @Test(
    arguments: [
      ("{", "", "broken"), (#"{"worker":{"max_errors":0}}"#, "/worker/max_errors", "wrong value"),
      (#"{"worker":{"max_erors":1}}"#, "/worker/max_erors", "does not exist"),
      (#"{"wrker":{}}"#, "/wrker", "does not exist"),
      (#"{"worker":1}"#, "/worker", "does not exist"),
      (#"{"reaction":{"enabled":false}}"#, nil, "can't be changed"), ("[]", "", "not an object"),
      (#"{"ledger":{"profile":"other"}}"#, "/ledger/profile", "wrong value"),
    ] as [(String, String?, String)])
  func `a broken file is refused with its name and place`(
    _ text: String, _ pointer: String?, _ words: String
  ) throws {
    let place = try TemporaryDirectory()
    place.directory("work")
    try place.file("log/config.json", text)
    let error = try #require(throws: LogError.self) { try settings(place) }
    #expect(error.code == .settings)
    #expect(error.code == .settings)
    #expect(error.message.contains(words) && error.message.contains("config.json"))
    #expect(error.pointer == pointer)
  }

  @Test func `a broken variable is refused`() throws {
    let place = try TemporaryDirectory()
    place.directory("work")
    let error = try #require(throws: LogError.self) {
      try settings(place, environment: ["UETLOG_WORKER_MAX_ERRORS": "many"])
    }
    #expect(error.code == .settings)
    #expect(error.message.contains("UETLOG_WORKER_MAX_ERRORS"))
  }

  @Test func `the shipped settings are the rules' own defaults and those of config`() throws {
    #expect(Settings().rules == Rules())
    var applied = Settings()
    for setting in SettingTable.all {
      try applied.set(setting, Settings.shipped(setting), .shipped)
    }
    #expect(applied.rules == Rules())
    #expect(applied.digest == Settings().digest)
    let index = try #require(ConfigFiles.index(ofPath: "defaults.json"))
    let document = try JSONDocument(parsing: ConfigFiles.bytes(at: index))
    var names: Set<String> = []
    for (family, members) in document.namedMembers(document.root) {
      for (name, node) in document.namedMembers(members) {
        names.insert(family + "." + name)
        let setting = try #require(SettingTable.setting(family + "." + name), "\(family).\(name)")
        #expect(setting.kind.value(document, node) == Settings.shipped(setting))
      }
    }
    #expect(names == Set(SettingTable.all.map(\.name)))
  }

  @Test func `numbers of settings have the bounds that the schema gives them`() throws {
    let index = try #require(ConfigFiles.index(ofPath: "defaults.schema.json"))
    let document = try JSONDocument(parsing: ConfigFiles.bytes(at: index))
    for setting in SettingTable.all {
      guard case .integer(let range) = setting.kind else { continue }
      let steps = setting.name.split(separator: ".").flatMap { ["properties", String($0)] }
      let node = try #require(document.member(document.root, path: steps), "\(setting.name)")
      #expect(document.member(node, "minimum").flatMap { document.int64($0) } == range.lowerBound)
      if let maximum = document.member(node, "maximum").flatMap({ document.int64($0) }) {
        #expect(maximum == range.upperBound, "\(setting.name)")
      }
    }
  }

  @Test func `settings reach the rules`() throws {
    let place = try TemporaryDirectory()
    place.directory("work")
    let settings = try settings(
      place,
      environment: [
        "UETLOG_WORKER_MAX_ERRORS": "5", "UETLOG_BUDGET_WARN_SHARE": "0.65",
        "UETLOG_TASK_MAX_RETRIES": "0", "UETLOG_LEDGER_PROFILE": "extended",
      ])
    #expect(settings.rules.workerErrorsMax == 5)
    #expect(settings.rules.budgetWarnPermille == 650)
    #expect(settings.rules.taskRetriesMax == 0)
    #expect(settings.rules.ledgerProfile == .extended)
    #expect(settings.digest != Settings().digest)
    #expect(SettingValue.share(650).description == "0.65")
  }

  /// Writers of one group decide by the same rules: each record says by which.
  @Test func `another profile of the ledger is another digest`() throws {
    let place = try TemporaryDirectory()
    place.directory("work")
    func digest(_ profile: String) throws -> UInt64 {
      try settings(place, environment: ["UETLOG_LEDGER_PROFILE": profile]).digest
    }
    #expect(try digest("extended") != Settings().digest)
    #expect(try digest("default") == Settings().digest)
  }

  @Test func `a broken file says where, and that JSON has no comments`() throws {
    for (name, file) in [("log/config.json", false), ("config/pricing.json", true)] {
      let place = try TemporaryDirectory()
      place.directory("work")
      func error(_ text: String) throws -> LogError {
        try place.file(name, text)
        return try #require(throws: LogError.self) {
          var found = try settings(place)
          if file { try found.readPrices() }
        }
      }
      let comment = try error("{\n  // mine\n}")
      #expect(comment.line == 2 && comment.hint?.contains("comments") == true)
      #expect(comment.code == .settings && comment.message.contains(name))
      // An address is no comment, and what is broken is something else.
      let other = try error("{\n  \"a\": \"http://x\",\n}")
      #expect(other.line == 3 && other.hint == nil)
    }
  }

  @Test func `prices come from the repository, else they are the shipped ones`() throws {
    let place = try TemporaryDirectory()
    func read() throws(LogError) -> Settings {
      var settings = try Settings(
        log: place.path + "/log", Surroundings(workingDirectory: place.path))
      try settings.readPrices()
      return settings
    }
    var settings = try read()
    #expect(settings.rules.prices["gpt-4"] == TokenPrice(input: 30_000_000, output: 60_000_000))
    try place.file(
      "config/pricing.json",
      #"{"models":{"m":{"input_micro_usd_per_mtok":1,"output_micro_usd_per_mtok":2}}}"#)
    settings = try read()
    #expect(settings.rules.prices == ["m": TokenPrice(input: 1, output: 2)])
    try place.file("config/pricing.json", #"{"models":{"m":{"input_micro_usd_per_mtok":-1}}}"#)
    let error = try #require(throws: LogError.self) { try read() }
    #expect(error.code == .settings && error.pointer == "/models/m")
  }

  @Test func `the digest that is written down is that of the shipped settings`() {
    let shipped = Settings()
    let found = String(shipped.computedDigest, radix: 16)
    #expect(Settings.shippedDigest == shipped.computedDigest, "write 0x\(found) in Settings.swift")
    let values = String(shipped.computedValues, radix: 16)
    #expect(Settings.shippedValues == shipped.computedValues, "write 0x\(values) in Settings.swift")
  }

  @Test func `the digest tells other prices, not another spacing`() throws {
    let place = try TemporaryDirectory()
    func digest() throws -> UInt64 {
      try Settings(log: place.path + "/log", Surroundings(workingDirectory: place.path)).digest
    }
    let shipped = try digest()
    #expect(shipped == Settings().digest)
    func prices(_ output: Int) -> String {
      #"{"models":{"m":{"input_micro_usd_per_mtok":1,"output_micro_usd_per_mtok":\#(output)}}}"#
    }
    try place.file("config/pricing.json", prices(2))
    let first = try digest()
    #expect(first != shipped)
    try place.file("config/pricing.json", prices(3))
    #expect(try digest() != first)
    try place.file("config/pricing.json", prices(2).split(separator: ",").joined(separator: " ,\n"))
    #expect(try digest() == first)
    // A file that is broken stops reservations only; the digest tells that it is another.
    try place.file("config/pricing.json", "{")
    #expect(try digest() != first)
    let index = try #require(ConfigFiles.index(ofPath: "pricing.json"))
    try place.file(
      "config/pricing.json", String(decoding: ConfigFiles.bytes(at: index), as: UTF8.self) + "\n")
    #expect(try digest() == shipped)
  }
}

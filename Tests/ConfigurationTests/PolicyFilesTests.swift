import Configuration
import Engine
import Events
import Policy
import TestSupport
import Testing

@Suite struct PolicyFilesTests {
  private static let folder = "work/config/patch_policies"

  private func documents(_ place: TemporaryDirectory) throws -> [PolicyDocument] {
    // The search ends at the top of a repository: what lies above this place is not ours.
    place.directory("work/.git")
    return try PolicyFiles.documents(Surroundings(workingDirectory: place.path + "/work/deeper"))
  }

  private func policy(_ level: String = "global", _ constraints: String = "{}") -> String {
    let name = level == "project" ? #","project_id":"p""# : ""
    return """
      {"patch_policy_id":"\(level)","scope":{"level":"\(level)"\(name)},
       "constraints":\(constraints)}
      """
  }

  @Test func `without any policy the shipped ones are in force`() throws {
    let place = try TemporaryDirectory()
    place.directory("work/deeper")
    let documents = try documents(place)
    #expect(documents.map(\.id) == ["global-default", "python-strict"])
    let effective = try EffectivePolicy(of: documents, for: .init())
    #expect(effective.linesMax.value == 500)
    #expect(effective.filesMax.value == 10)
    #expect(effective.forbiddenPaths.count == 5)
    // Records name it so; `benchmarks/generate` makes such records.
    #expect(effective.digest == "e1ea1faa8696a9b1")
    let strict = try EffectivePolicy(of: documents, for: .init(project: "complete-ai-pipeline"))
    #expect(strict.linesMax.value == 200)
    #expect(strict.reviewersMin.value == 1)
  }

  @Test func `a folder upward takes their place, and a global one stays beneath`() throws {
    let place = try TemporaryDirectory()
    place.directory("work/deeper")
    try place.file(Self.folder + "/p.json", policy("project", #"{"max_lines_changed":9}"#))
    #expect(try documents(place).map(\.id) == ["project", "global-default"])
    try place.file(Self.folder + "/g.json", policy("global"))
    try place.file(Self.folder + "/README.md", "no policy")
    #expect(try documents(place).map(\.id) == ["global", "project"])
  }

  // PO-04
  @Test func `where only a document has a policy the shipped limits hold for all others`() throws {
    let place = try TemporaryDirectory()
    place.directory("work/deeper")
    let doc = "01KAPB3XN9BTT4NZ1KDZPBQ9Q5"
    try place.file(
      Self.folder + "/d.json",
      """
      {"patch_policy_id":"d","scope":{"level":"doc","doc_ulid":"\(doc)"},
       "constraints":{"max_lines_changed":9}}
      """)
    let documents = try documents(place)
    for query in [PolicyScope.Query(), .init(project: "p", phase: "f"), .init(doc: doc)] {
      let effective = try EffectivePolicy(of: documents, for: query)
      #expect(effective.linesMax.value == (query.doc == nil ? 500 : 9))
      #expect(effective.forbiddenPaths.count == 5)
    }
  }

  // PO-05, PO-06
  @Test(arguments: [
    (#"{"level":"galaxy"}"#, "{}", "/scope/level"),
    (#"{"level":"global"}"#, #"{"max_lines_changed":-5}"#, "/constraints/max_lines_changed"),
    (#"{"level":"global"}"#, #"{"max_line_changed":5}"#, "/constraints"),
    (#"{"level":"global"}"#, #"{"forbid_touching_paths":["("]}"#, "/constraints/"),
    (#"{"level":"project"}"#, "{}", "/scope/project_id"),
  ])
  func `a wrong policy stops all patches and says which file it is`(
    scope: String, constraints: String, pointer: String
  ) throws {
    let place = try TemporaryDirectory()
    place.directory("work/deeper")
    try place.file(Self.folder + "/fine.json", policy())
    let text = #"{"patch_policy_id":"x","scope":\#(scope),"constraints":\#(constraints)}"#
    try place.file(Self.folder + "/wrong.json", text)
    let error = #expect(throws: LogError.self) { try documents(place) }
    #expect(error?.code == .settings)
    #expect(error?.message.contains("wrong.json") == true)
    #expect(error?.pointer?.hasPrefix(pointer) == true, "\(error?.pointer ?? "")")
  }

  // PO-07
  @Test(arguments: ["[]", "{}", "", "{", #"{"patch_policy_id":"x","scope":{"level":"global"}}"#])
  func `what is no policy at all`(text: String) throws {
    let place = try TemporaryDirectory()
    place.directory("work/deeper")
    try place.file(Self.folder + "/wrong.json", text)
    let error = #expect(throws: LogError.self) { try documents(place) }
    #expect(error?.code == .settings)
    #expect(error?.message.contains("wrong.json") == true)
  }

  // X-03
  @Test func `comments are named as what they are`() throws {
    let place = try TemporaryDirectory()
    place.directory("work/deeper")
    try place.file(Self.folder + "/wrong.json", "// mine\n" + policy())
    let error = #expect(throws: LogError.self) { try documents(place) }
    #expect(error?.hint?.contains("comments") == true)
    #expect(error?.line == 1)
  }

  @Test func `a file or folder that can't be read is not taken for none`() throws {
    let place = try TemporaryDirectory()
    place.directory("work/deeper")
    place.directory(Self.folder + "/folder.json")
    #expect(throws: LogError.self) { try documents(place) }
    let other = try TemporaryDirectory()
    other.directory("work/deeper")
    try other.file(Self.folder, "a file in the folder's place")
    #expect(throws: LogError.self) { try documents(other) }
  }

  /// Which folders hold, as paths below the place.
  private func folders(
    _ place: TemporaryDirectory, log: String, for repository: String? = nil, from here: String
  ) throws -> [String?] {
    let here = Surroundings(workingDirectory: place.path + "/" + here)
    let log = try LogLocation(flag: place.path + "/" + log, here)
    return PolicyFiles.folders(
      for: repository.map { $0.hasPrefix("./") ? $0 : place.path + "/" + $0 }, in: log, here
    ).map { $0?.replacing(place.path + "/", with: "") }
  }

  private func surroundings() throws -> TemporaryDirectory {
    let place = try TemporaryDirectory()
    // The search ends here: what lies above this place is not ours.
    for name in ["work", "other", "bare", "away"] { place.directory(name + "/.git") }
    for name in ["work", "other", "away"] {
      try place.file(name + "/config/patch_policies/g.json", policy())
    }
    return place
  }

  @Test func `a log in a repository has that repository's policies, wherever one stands`() throws {
    let place = try surroundings()
    let own = ["work/config/patch_policies"]
    for (name, here) in [
      ("work/.git/uetlog", "away"), ("work/.uetlog", "away"), ("work/deep/log", "bare"),
      ("work/.git/uetlog", "work"),
    ] {
      #expect(try folders(place, log: name, from: here) == own)
    }
    // One without policies has those that ship.
    #expect(try folders(place, log: "bare/.git/uetlog", from: "away") == [nil])
  }

  @Test func `a patch's repository adds its own policies`() throws {
    let place = try surroundings()
    let other = "other/config/patch_policies"
    #expect(
      try folders(place, log: "work/.git/uetlog", for: "other", from: "away")
        == ["work/config/patch_policies", other])
    #expect(
      try folders(place, log: "work/.git/uetlog", for: "work", from: "away")
        == ["work/config/patch_policies"])
    #expect(try folders(place, log: "log", for: "other", from: "away") == [other])
  }

  @Test func `without either those near the surroundings hold`() throws {
    let place = try surroundings()
    for repository in [nil, "gone", "bare", "./work"] {
      #expect(
        try folders(place, log: "log", for: repository, from: "away")
          == ["away/config/patch_policies"])
    }
  }
}

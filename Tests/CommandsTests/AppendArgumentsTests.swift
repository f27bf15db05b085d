import ArgumentParser
import Events
import JSON
import Testing

@testable import Commands

@Suite struct AppendArgumentsTests {
  @Test func `the hand-written parser has the options that help shows`() throws {
    let help = try JSONDocument(parsing: Array(Append._dumpHelp().utf8))
    let arguments = try #require(help.member(help.root, path: ["command", "arguments"]))
    var shown: [String: Bool] = [:]
    help.forEachElement(arguments) { argument in
      guard let names = help.member(argument, "names"),
        let kind = help.member(argument, "kind").flatMap({ help.string($0) })
      else { return }
      help.forEachElement(names) { name in
        guard let name = help.member(name, "name").flatMap({ help.string($0) }) else { return }
        shown[name] = kind == "option"
      }
    }
    for name in ["help", "h", "version"] { shown[name] = nil }
    var known: [String: Bool] = [:]
    for option in AppendOption.allCases { known[option.rawValue] = option.takesValue }
    #expect(shown == known)
  }

  @Test func `options stand anywhere, with a blank or an equals sign`() throws {
    let arguments = try AppendArguments([
      "--json", "note", "--label", "a=b", "text=--x", "--label=c=d", "--wait=2s", "--", "--y=z",
    ])
    #expect(arguments.type == "note")
    #expect(arguments.fields == ["text=--x", "--y=z"])
    #expect(arguments.labels == ["a=b", "c=d"])
    #expect(arguments.value(.wait) == "2s" && arguments.has(.json) && !arguments.has(.quiet))
  }

  @Test(arguments: [
    ["note", "--nope"], ["note", "--run"], ["note", "--run", "--json"], ["text=x"],
    ["note", "--json=1"], ["note", "--id", "a", "--id", "b"], ["--data", "{}"], ["note", "-x"],
    ["note", "--atomic"], ["--atomic", "--follow-stdin"], ["--key", "k"],
  ])
  func `what is no command line is refused`(_ words: [String]) throws {
    let error = try #require(throws: LogError.self) { try AppendArguments(words) }
    #expect(error.code == .usage)
  }

  @Test func `a wish for help ends the parsing`() throws {
    #expect(try AppendArguments(["note", "--help", "--nope"]).isHelpWanted)
    #expect(try AppendArguments(["-h"]).isHelpWanted)
  }
}

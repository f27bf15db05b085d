internal import ArgumentParser
internal import Configuration

/// What the steps that work with a repository take.
struct WorkflowOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The repository (default: the one around here).", valueName: "dir"))
  var repo = "."

  @Flag(
    name: .customLong("3way"),
    help: "Merge where the context does not fit, with the contents that the diff names.")
  var threeWay = false

  @Option(help: ArgumentHelp("The file with the checks.", valueName: "file"))
  var checks: String?

  @OptionGroup var writing: PatchWriteOptions

  init() {}

  /// The same surroundings as seen from the repository: its own policies and checks are in force,
  /// wherever the program is run.
  func place(_ here: Surroundings) -> Surroundings {
    var place = here
    place.workingDirectory = Files.resolved(here.absolute(repo))
    return place
  }
}

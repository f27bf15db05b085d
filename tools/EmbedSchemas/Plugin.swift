import Foundation
import PackagePlugin

/// Runs `embed` over the JSON files of `schema/` and `config/`, so that the binary carries them.
@main
struct EmbedSchemas: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    [
      try command(context, folder: "schema", enumName: "SchemaFiles"),
      try command(context, folder: "config", enumName: "ConfigFiles"),
    ]
  }

  private func command(
    _ context: PluginContext, folder: String, enumName: String
  ) throws -> Command {
    let root = context.package.directoryURL.appending(path: folder)
    let output = context.pluginWorkDirectoryURL.appending(path: "\(enumName)+Embedded.swift")
    // A build is planned once; a file that is added later would go unseen if files were inputs.
    // So `embed` looks for itself in every build: its one input is a stamp that it rewrites. It
    // leaves the output alone when nothing has changed, so a build without changes stays cheap.
    let stamp = context.pluginWorkDirectoryURL.appending(path: "\(enumName).stamp")
    if !FileManager.default.fileExists(atPath: stamp.path) {
      try Data().write(to: stamp)
    }
    return .buildCommand(
      displayName: "Embedding the files of \(folder)",
      executable: try context.tool(named: "embed").url,
      arguments: [enumName, root.path, output.path, stamp.path],
      inputFiles: [stamp], outputFiles: [output])
  }
}

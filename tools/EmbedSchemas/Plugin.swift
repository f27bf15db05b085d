import Foundation
import PackagePlugin

/// Runs `embed` over every JSON file of `schema/`, so that the binary carries them as bytes.
@main
struct EmbedSchemas: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = context.package.directoryURL.appending(path: "schema")
    let output = context.pluginWorkDirectoryURL.appending(path: "SchemaFiles+Embedded.swift")
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?
      .compactMap { $0 as? URL }
      .filter { $0.pathExtension == "json" && !$0.path.contains("/schema/examples/") }
      .sorted { $0.path < $1.path }
    let inputs = files ?? []
    return [
      .buildCommand(
        displayName: "Embedding \(inputs.count) schema files",
        executable: try context.tool(named: "embed").url,
        arguments: [root.path, output.path] + inputs.map(\.path),
        inputFiles: inputs, outputFiles: [output])
    ]
  }
}

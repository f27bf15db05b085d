import Foundation
import PackagePlugin

/// Runs `embed` over the JSON files of `schema/` and `config/`, so that the binary carries them.
@main
struct EmbedSchemas: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    [
      try command(context, folder: "schema", enumName: "SchemaFiles", leaveOut: "examples"),
      try command(context, folder: "config", enumName: "ConfigFiles", leaveOut: nil),
    ]
  }

  private func command(
    _ context: PluginContext, folder: String, enumName: String, leaveOut: String?
  ) throws -> Command {
    let root = context.package.directoryURL.appending(path: folder)
    let excluded = leaveOut.map { root.appending(path: $0).path + "/" }
    let files = jsonFiles(below: root, leaveOut: excluded)
    let output = context.pluginWorkDirectoryURL.appending(path: "\(enumName)+Embedded.swift")
    return .buildCommand(
      displayName: "Embedding \(files.count) files of \(folder)",
      executable: try context.tool(named: "embed").url,
      arguments: [enumName, root.path, output.path] + files.map(\.path),
      inputFiles: files, outputFiles: [output])
  }

  private func jsonFiles(below root: URL, leaveOut: String?) -> [URL] {
    let all = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    return (all?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == "json" && !(leaveOut.map($0.path.hasPrefix) ?? false) }
      .sorted { $0.path < $1.path }
  }
}

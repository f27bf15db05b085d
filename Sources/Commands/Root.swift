// x

internal import ArgumentParser
struct Root: ParsableCommand { @Option var x: String = "x"; func run() { print(x, 0) } }
package func runMain() { if CommandLine.arguments.count > 1, CommandLine.arguments[1] == "append" { print("fast", 0) } else { Root.main() } }

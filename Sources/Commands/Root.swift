internal import Bytes
internal import EventLog
internal import ArgumentParser
struct Root: ParsableCommand { @Option var x: String = "x"; func run() { print(x, probe([1,2]), v()) } }
package func runMain() { if CommandLine.arguments.count > 1, CommandLine.arguments[1] == "append" { print("fast", v(), probe([1]).count) } else { Root.main() } }

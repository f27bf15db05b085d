// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is built with the same settings: Swift 6 language mode, strict memory
/// safety, and warnings as errors.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  // SE-0335
  .enableUpcomingFeature("ExistentialAny"),
  // SE-0444
  .enableUpcomingFeature("MemberImportVisibility"),
  // SE-0409
  .enableUpcomingFeature("InternalImportsByDefault"),
  // Views into LMDB's map must not outlive their transaction.
  .enableExperimentalFeature("Lifetimes"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  // Small modules must not cost speed: let generics specialise across them.
  .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
  // Types made of others are asked for by calls instead of by name: resolving a name makes the
  // runtime search all conformances of the program, 200,000 instructions each time, which is felt
  // in a process that lives for two milliseconds.
  .unsafeFlags(
    ["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"],
    .when(configuration: .release)),
  // A section for each function, so that the linker can put those of the start-up path together.
  .unsafeFlags(["-Xfrontend", "-function-sections"], .when(configuration: .release)),
]

/// Makes the release binary fully static.
///
/// The archives after the flag are those that FoundationEssentials (which ArgumentParser imports)
/// needs and that only a static module would name by itself.
let staticExecutable = [
  "-static-executable", "-l_FoundationCollections", "-l_FoundationCShims", "-lswiftSynchronization",
]

/// Puts the functions that one append runs next to each other: fewer pages to load and to keep.
///
/// `tools/order-symbols` writes the file. lld comes with the toolchain.
let orderedFunctions = [
  "-use-ld=lld", "-Xlinker", "--no-warn-symbol-ordering",
  "-Xlinker", "--symbol-ordering-file=\(Context.packageDirectory)/Sources/uetlog/append.order",
]

/// The archive with libFuzzer's main loop, named by `tools/fuzz` alone.
///
/// Libraries then count which branches an input reaches, and there is one more target.
let fuzzerRuntime = Context.environment["UETLOG_FUZZER_RUNTIME"]
let coverage: [SwiftSetting] =
  fuzzerRuntime == nil ? [] : [.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])]

/// A library target of ours at `Sources/<name>`.
func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [],
  plugins: [Target.PluginUsage] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings + coverage,
    plugins: plugins)
}

/// The tests of one target, at `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies, swiftSettings: settings)
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "uetlog",
  products: [
    .executable(name: "uetlog", targets: ["uetlog"]),
    .library(name: "UETLog", targets: ["UETLog"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    // Ground: bytes, JSON, schemas, LMDB.
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .target(name: "CSHA256", linkerSettings: [.linkedLibrary("crypto")]),
    .systemLibrary(name: "CFutex"),
    library("Bytes", ["CSHA256"]),
    library("JSON"),
    library("Patterns"),
    // Unified diffs.
    library("Diff"),
    // What a patch may do.
    library("Policy", ["Diff", "JSON", "Patterns"]),
    // What is run over a work tree with a patch: which programs, and what came out.
    library("Checks", ["Diff", "JSON", "Patterns", "Policy"]),
    library("Schema", ["JSON", "Patterns"]),
    library("Secrets", ["Bytes", crypto]),
    library("LMDB", ["CLMDB"]),
    library("Merkle", ["Bytes"]),
    // Signed notes, checkpoints, proofs as files.
    library("Evidence", ["Bytes", "Merkle", crypto]),
    // The files of schema/, embedded as bytes by the plugin.
    library("SchemaFiles", plugins: ["EmbedSchemas"]),
    // The log's words and protocols, and its in-memory twin.
    library("Events", ["Bytes", "JSON", "Merkle"]),
    // The log on LMDB.
    library(
      "EventLog", ["Bytes", "CFutex", "Events", "LMDB", "Merkle"], exclude: ["Format.md"]),
    // The domain, pure.
    library("Pipeline", ["Bytes", "Events", "JSON", "Schema", "SchemaFiles"]),
    // Append: decide, evolve, react, write.
    library(
      "Engine",
      [
        "Bytes", "Diff", "EventLog", "Events", "Evidence", "JSON", "Merkle", "Pipeline", "Policy",
        "Schema", "Secrets",
      ]),
    // Where a log is, the settings in force, opening it.
    library(
      "Configuration",
      [
        "Bytes", "Checks", "Engine", "EventLog", "Events", "Evidence", "JSON", "Merkle",
        "Pipeline", "Policy", "Schema", "SchemaFiles", "Secrets",
      ]),
    // The library's public face.
    library(
      "UETLog",
      ["Bytes", "Configuration", "Engine", "EventLog", "Events", "JSON", "Merkle", "Pipeline"]),
    // Other programs: git, and those that check a work tree.
    .target(name: "CSpawn"),
    library("Runner", ["Bytes", "CSpawn", "Checks", "Diff"]),
    library(
      "Commands",
      [
        "Bytes", "Checks", "Configuration", "Diff", "Engine", "EventLog", "Events", "Evidence",
        "JSON", "LMDB", "Merkle", "Pipeline", "Policy", "Runner", "Schema", "SchemaFiles",
        "Secrets", argumentParser,
      ]),
    // What the Swift runtime does before `main`, for less.
    .target(
      name: "CRuntime",
      cSettings: [.define("UETLOG_STATIC", .when(configuration: .release))]),
    .executableTarget(
      name: "uetlog", dependencies: ["CRuntime", "Commands"], exclude: ["append.order"],
      swiftSettings: settings,
      linkerSettings: [
        .unsafeFlags(staticExecutable + orderedFunctions, .when(configuration: .release))
      ]),
    // Tests. `TestSupport` has what several of them share: temporary logs, seeded generators.
    .target(
      name: "TestSupport",
      dependencies: [
        "Bytes", "Engine", "EventLog", "Events", "JSON", "Merkle", "Pipeline", "Policy", "Secrets",
      ],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests("Bytes", ["Bytes", "TestSupport"]),
    tests("JSON", ["Bytes", "JSON", "TestSupport"]),
    tests("Diff", ["Diff", "TestSupport"]),
    tests("Policy", ["Diff", "JSON", "Policy", "Schema", "SchemaFiles", "TestSupport"]),
    tests("Checks", ["Checks", "Diff", "JSON", "Policy"]),
    tests("Patterns", ["Bytes", "Patterns", "TestSupport"]),
    tests("Schema", ["Bytes", "JSON", "Schema", "TestSupport"]),
    tests("Secrets", ["Bytes", "Secrets", "TestSupport"]),
    tests("LMDB", ["LMDB", "TestSupport"]),
    tests("Merkle", ["Bytes", "Merkle", "TestSupport"]),
    tests("Evidence", ["Bytes", "Evidence", "Merkle"]),
    tests("Events", ["Bytes", "Events", "Merkle", "TestSupport"]),
    tests(
      "EventLog",
      ["Bytes", "Engine", "EventLog", "Events", "LMDB", "Merkle", "Pipeline", "TestSupport"]),
    tests("Pipeline", ["Bytes", "Events", "JSON", "Pipeline", "Schema", "TestSupport"]),
    tests(
      "Engine",
      [
        "Bytes", "Engine", "EventLog", "Events", "Evidence", "JSON", "LMDB", "Merkle", "Pipeline",
        "Secrets", "TestSupport",
      ]),
    tests(
      "Configuration",
      [
        "Checks", "Configuration", "EventLog", "Events", "JSON", "Pipeline", "Policy",
        "SchemaFiles", "Secrets", "TestSupport",
      ]),
    tests(
      "Runner",
      [
        "Bytes", "CSpawn", "Checks", "Configuration", "Diff", "JSON", "Pipeline", "Policy",
        "Runner", "Schema", "TestSupport",
      ]),
    tests(
      "Commands",
      [
        "Bytes", "Commands", "Configuration", "Engine", "EventLog", "Events", "JSON", "Pipeline",
        "Schema", "SchemaFiles", "TestSupport", argumentParser,
      ]),
    // As another package would see the library: only what is public.
    .testTarget(
      name: "UETLogTests", dependencies: ["UETLog"],
      swiftSettings: settings + [.unsafeFlags(["-package-name", "consumer"])]),
    tests("Tidy", []),
    // Worlds that a seed repeats, over the same engine: `tools/simulate`.
    .executableTarget(
      name: "simulate",
      dependencies: [
        "Bytes", "Engine", "EventLog", "Events", "Evidence", "Merkle", "Pipeline", "TestSupport",
      ],
      path: "Tests/Simulation", swiftSettings: settings),
    // What `benchmarks/run` can't time from outside.
    .executableTarget(
      name: "measure", dependencies: ["Bytes", "Configuration", "Engine", "EventLog", "Events"],
      path: "benchmarks/measure", swiftSettings: settings),
    // Build tools.
    .executableTarget(
      name: "embed", path: "tools/embed", swiftSettings: settings),
    .plugin(
      name: "EmbedSchemas", capability: .buildTool(), dependencies: ["embed"],
      path: "tools/EmbedSchemas"),
  ]
)

if let fuzzerRuntime {
  package.targets += [
    .systemLibrary(name: "CFuzzer", path: "tools/fuzz-targets/CFuzzer"),
    .executableTarget(
      name: "fuzz-targets",
      dependencies: [
        "Bytes", "CFuzzer", "Commands", "Diff", "Engine", "EventLog", "Events", "Evidence", "JSON",
        "LMDB", "Patterns", "Pipeline", "Runner", "Schema", "Secrets",
      ],
      path: "tools/fuzz-targets", exclude: ["CFuzzer", "corpora"],
      swiftSettings: settings + coverage,
      linkerSettings: [.unsafeFlags([fuzzerRuntime, "-lstdc++"])]),
  ]
}

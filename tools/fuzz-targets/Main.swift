internal import CFuzzer
internal import Glibc

/// One thing that is fed with bytes; it ends the process when what it promises does not hold.
struct FuzzTarget: Sendable {
  let name: String
  let run: @Sendable ([UInt8]) -> Void

  /// All of them, and the controls, which have a bug on purpose.
  static let all = [
    FuzzTarget(name: "json", run: fuzzJSON),
    FuzzTarget(name: "schema", run: fuzzSchema),
    FuzzTarget(name: "pattern", run: fuzzPattern),
    FuzzTarget(name: "envelope", run: fuzzEnvelope),
    FuzzTarget(name: "draft", run: fuzzDraft),
    FuzzTarget(name: "evidence", run: fuzzEvidence),
    FuzzTarget(name: "secrets", run: fuzzSecrets),
    FuzzTarget(name: "diff", run: fuzzDiff),
    FuzzTarget(name: "patch", run: fuzzPatch),
    FuzzTarget(name: "pages", run: fuzzPages),
    FuzzTarget(name: "text", run: fuzzText),
    FuzzTarget(name: "slots", run: fuzzSlots),
    FuzzTarget(name: "control", run: fuzzControl),
    FuzzTarget(name: "mixed-slots", run: fuzzMixedSlots),
  ]

  /// The one that `UETLOG_FUZZ_TARGET` names.
  static let chosen: FuzzTarget = {
    let name = unsafe getenv("UETLOG_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = all.first(where: { $0.name == name }) else {
      fail("UETLOG_FUZZ_TARGET names no target: \(name)")
    }
    return target
  }()
}

/// Ends the process as a failed promise: libFuzzer keeps the input.
func fail(_ message: String) -> Never {
  let line = Array("BROKEN: \(message)\n".utf8)
  _ = unsafe write(STDERR_FILENO, line, line.count)
  abort()
}

/// Ends the process when a promise does not hold.
func promise(_ holds: Bool, _ message: @autoclosure () -> String) {
  if !holds { fail(message()) }
}

@main struct Main {
  static func main() {
    var count = CommandLine.argc
    var arguments = unsafe Optional(CommandLine.unsafeArgv)
    let target = FuzzTarget.chosen.name
    let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { data, size in
      FuzzTarget.chosen.run(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
      return 0
    }
    promise(status == 0, "\(target) ended with \(status)")
  }
}

/// What must be found: four bytes that nothing but coverage leads to.
@Sendable func fuzzControl(_ bytes: [UInt8]) {
  guard bytes.count >= 4, bytes[0] == 0x75, bytes[1] == 0x65, bytes[2] == 0x74 else { return }
  promise(bytes[3] != 0x6C, "the planted bug")
}

import Engine
import Events
import Testing

@testable import Commands

@Suite struct ExitCodeTests {
  /// Design §6, kind by kind.
  private static let expected: [LogError.Code: Int32] = [
    .usage: 64, .badInput: 65, .violation: 65, .unknownType: 65, .rejected: 65, .idTaken: 65,
    .conflict: 75, .budget: 77, .secret: 77, .notFound: 66, .busy: 75, .mapFull: 75, .noSpace: 75,
    .interrupted: 75, .replaced: 75,
    .outcomeUnknown: 70, .cannotWrite: 73, .unsafe: 74, .corruption: 74, .settings: 78,
    .tooOld: 78, .system: 73,
  ]

  @Test(arguments: LogError.Code.allCases)
  func `every kind of error has its exit code`(_ code: LogError.Code) {
    #expect(ExitCode(code).rawValue == Self.expected[code])
  }

  @Test func `the table has a line for each code`() {
    let all = ExitCode.table.split(separator: "\n")
    #expect(all.allSatisfy { $0.count < 80 })
    let lines = all.filter { !$0.hasPrefix("     ") }
    #expect(lines.count == ExitCode.allCases.count)
    #expect(lines.contains { $0.hasPrefix("  75  temporary, nothing written") })
    #expect(ExitCode.allCases.allSatisfy { !$0.meaning.isEmpty })
  }

  @Test(arguments: LogError.Code.allCases)
  func `what refuses one line never means that nothing is known`(_ code: LogError.Code) {
    guard code.isRefusal else { return }
    #expect([65, 66, 75, 77].contains(ExitCode(code).rawValue))
  }
}

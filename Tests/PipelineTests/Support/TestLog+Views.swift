import Bytes
import Events
import JSON
import Pipeline

extension TestLog {
  func entry(
    _ view: any View.Type, _ name: Name, _ row: StateRow, at second: Int64
  ) throws -> String? {
    var writer = JSONWriter()
    let now = Timestamp(milliseconds: 1_800_000_000_000 + second * 1000)
    let request = ViewRequest(now: now, rules: Rules())
    let isEntry = try view.write(name, row, request, from: self, to: &writer)
    return isEntry ? writer.text : nil
  }
}

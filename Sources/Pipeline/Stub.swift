package import Bytes
package import Events
package func entityType(of category: Category) -> (any EntityState.Type)? { nil }
package func factContributions(of event: DomainEvent) -> [Contribution] { [] }
package struct RunState: EntityState {
  package static var category: Category { .run }
  package static var layout: UInt8 { 1 }
  package var lastInRun = Position.none
  package init() {}
  package init(reading reader: inout ByteReader) {}
  package func write(to bytes: inout [UInt8]) {}
  package var stateName: String? { nil }
  package func decide(_ event: DomainEvent, _ context: DecideContext) throws(LogError) -> EventFlags { [] }
  package mutating func evolve(_ event: DomainEvent) {}
}

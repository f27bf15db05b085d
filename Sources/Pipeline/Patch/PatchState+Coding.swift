package import Bytes
internal import Events

extension PatchState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(PatchStatus.self)
    flags = PatchFlags(rawValue: reader.integer(UInt8.self))
    reviewersRequired = reader.integer(UInt16.self)
    attemptsMax = reader.integer(UInt8.self)
    attempts = reader.integer(UInt8.self)
    approvals = reader.integer(Int32.self)
    gatePasses = reader.integer(Int32.self)
    gatePassesWhenApplied = reader.integer(Int32.self)
    failedGates = reader.integer(Int32.self)
    run = reader.number()
    created = reader.position()
    validated = reader.position()
    applyStarted = reader.position()
    applied = reader.position()
    applyFailed = reader.position()
    verified = reader.position()
    committed = reader.position()
    quarantined = reader.position()
    takesBack = EntityNumber(reader.short())
    rolledBackBy = reader.short()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(flags.rawValue)
    bytes.append(littleEndian: reviewersRequired)
    bytes.append(attemptsMax)
    bytes.append(attempts)
    bytes.append(littleEndian: approvals)
    bytes.append(littleEndian: gatePasses)
    bytes.append(littleEndian: gatePassesWhenApplied)
    bytes.append(littleEndian: failedGates)
    bytes.append(run)
    bytes.append(created)
    bytes.append(validated)
    bytes.append(applyStarted)
    bytes.append(applied)
    bytes.append(applyFailed)
    bytes.append(verified)
    bytes.append(committed)
    bytes.append(quarantined)
    bytes.append(short: takesBack.rawValue)
    bytes.append(short: rolledBackBy)
  }
}

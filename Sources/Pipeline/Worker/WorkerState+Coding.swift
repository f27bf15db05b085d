package import Bytes
internal import Events

extension WorkerState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(WorkerStatus.self)
    isQuarantined = reader.flag()
    lateEvents = reader.integer(UInt32.self)
    errorCount = reader.integer(UInt32.self)
    errorsBefore = reader.integer(UInt32.self)
    failedChecks = reader.integer(UInt32.self)
    spawnedAt = reader.timestamp()
    lastHeartbeat = reader.timestamp()
    progress = reader.integer(UInt64.self)
    progressSince = reader.timestamp()
    task = reader.integer(UInt64.self)
    spawned = reader.position()
    busy = reader.position()
    lastError = reader.position()
    quarantined = reader.position()
    terminated = reader.position()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(isQuarantined)
    bytes.append(littleEndian: lateEvents)
    bytes.append(littleEndian: errorCount)
    bytes.append(littleEndian: errorsBefore)
    bytes.append(littleEndian: failedChecks)
    bytes.append(spawnedAt)
    bytes.append(lastHeartbeat)
    bytes.append(littleEndian: progress)
    bytes.append(progressSince)
    bytes.append(littleEndian: task)
    bytes.append(spawned)
    bytes.append(busy)
    bytes.append(lastError)
    bytes.append(quarantined)
    bytes.append(terminated)
  }
}

import Glibc
import Testing

/// Faults on purpose, by which `tools/sanitize` makes sure that faults are reported.
@Suite struct PlantedFaultTests {
  /// Which one `tools/sanitize` asks for; nil in every other run.
  private static let asked = unsafe getenv("UETLOG_PLANTED_FAULT").map { name in
    unsafe String(cString: name)
  }

  @Test(.enabled(if: asked == "race")) func `two threads write to the same bytes`() {
    let shared = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    defer { unsafe shared.deallocate() }
    unsafe shared.initialize(to: 0)
    var threads: [pthread_t] = []
    for _ in 0..<2 {
      var thread = pthread_t()
      let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { bytes in
        for _ in 0..<10_000 { unsafe bytes?.assumingMemoryBound(to: Int.self).pointee &+= 1 }
        return nil
      }
      let status = unsafe pthread_create(&thread, nil, body, shared)
      #expect(status == 0)
      threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
    let sum = unsafe shared.pointee
    #expect(sum > 0)
  }

  @Test(.enabled(if: asked == "overflow")) func `a byte after the last is read`() {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 16)
    defer { unsafe bytes.deallocate() }
    unsafe bytes.initialize(repeating: 1, count: 16)
    let end = 16
    let byte = unsafe bytes[end]
    #expect(byte >= 0)
  }

  @Test(.enabled(if: asked == "leak")) func `what was allocated is lost`() {
    for size in 1...64 {
      let isThere = unsafe malloc(size * 64) != nil
      #expect(isThere)
    }
  }
}

import Glibc
import Testing

@testable import Platform

@Suite struct StartLimitsTests {
  @Test("a program begins where its limits leave enough, and says which does not")
  func objections() {
    func reason(_ descriptors: rlim_t, _ mebibytes: rlim_t, cores: Int = 2) -> String? {
      StartLimits.objection(
        descriptors: descriptors, addressSpace: mebibytes << 20, cores: cores, stack: 8 << 20)
    }
    #expect(reason(64, 256) == nil)
    #expect(
      reason(63, 256) == "the limit of open files is 63: raise it to 64 at least (ulimit -n)")
    #expect(
      reason(64, 255)
        == "the limit of memory is 261120 KiB: raise it to 262144 at least (ulimit -v)")
    // Each core may have a thread of the pool.
    #expect(reason(64, 256, cores: 3) != nil && reason(64, 264, cores: 3) == nil)
  }

  @Test("no limit is enough, whatever the stacks are")
  func unlimited() {
    for stack in [rlim_t(64 << 10), 8 << 20, .max] {
      let reason = StartLimits.objection(
        descriptors: .max, addressSpace: .max, cores: 4096, stack: stack)
      #expect(reason == nil)
    }
    StartLimits.require()
  }
}

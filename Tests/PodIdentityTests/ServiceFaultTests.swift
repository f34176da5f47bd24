import PodIdentity
import Testing

@Suite struct ServiceFaultTests {
  @Test("each fault of a service has a name of its own, operations and a line of help")
  func rows() {
    for fault in ServiceFault.all {
      #expect(fault.name.utf8.allSatisfy { 0x61...0x7A ~= $0 || $0 == 0x2D }, "\(fault.name)")
      #expect(!fault.operations.isEmpty && !fault.help.isEmpty, "\(fault.name)")
    }
    #expect(Set(ServiceFault.all.map(\.name)).count == ServiceFault.all.count)
  }
}

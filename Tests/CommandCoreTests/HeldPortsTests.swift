import Glibc
import JSON
import Platform
import Testing

@testable import CommandCore

/// Addresses for a stack's listeners.
@Suite struct HeldPortsTests {
  private func reason(_ wanted: [ByteText: HostPort]) -> String? {
    #expect(throws: CommandFailure.self) { try HeldPorts(wanted) }?.description
  }

  @Test("a free port stands for each port 0, all different, in both families")
  func free() throws {
    let names: [ByteText] = ["kubernetes", "aws", "s3", "agent", "aws-admin"]
    let wanted = names.map { ($0, HostPort(host: "127.0.0.1", port: 0)) }
    let held = try HeldPorts(Dictionary(uniqueKeysWithValues: wanted))
    let ports = held.addresses.values.map(\.port)
    #expect(Set(ports).count == names.count && !ports.contains(0))
    #expect(Set(held.addresses.keys) == Set(names))
    #expect(held.addresses.values.allSatisfy { $0.host == "127.0.0.1" })
    // A port that is named stays, and a server may bind it beside us.
    let address = try #require(held.addresses["aws"])
    #expect(try HeldPorts(["aws": address]).addresses == ["aws": address])
  }

  @Test("an address that is taken is told with the flag or the variable that moves it")
  func taken() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port: UInt16 = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { socket in
        bind(listener, socket, size)
        listen(listener, 1)
        getsockname(listener, socket, &size)
      }
      return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    let place = HostPort(host: "127.0.0.1", port: port)
    let start = "127.0.0.1:\(port) is not to be had (Address already in use); "
    let end = " moves it, and --free-ports takes whatever is free"
    #expect(reason(["s3": place]) == start + "--s3-listen HOST:PORT" + end)
    #expect(
      reason(["aws-admin": place]) == start + "PODID_AWS_API_ADMIN_LISTEN=HOST:PORT" + end)
    #expect(
      reason(["aws": HostPort(host: "no such host", port: 1)])
        == "no such host:1: there is no such address")
  }
}

import Platform
import Testing

@testable import HTTP

/// Which addresses a client connects to, however they are written.
@Suite struct LinkLocalTests {
  private func isAllowed(_ host: String, _ rule: HTTPClient.LinkLocal) throws -> Bool {
    // As the client does: a name or an odd number goes through the resolver, which asks nobody here.
    let address = try #require(
      SocketAddress.resolve(HostPort(host: host, port: 80)).first, "\(host)")
    return address.isAllowed(rule)
  }

  @Test(
    "link-local addresses are refused in every form",
    arguments: [
      "169.254.169.254", "169.254.0.1", "169.254.255.255", "169.254.170.23", "2852039166",
      "0xA9FEA9FE", "0xa9fea9fe", "0251.0376.0251.0376", "025177524776", "169.254.43518",
      "169.16689662", "0xA9.0xFE.169.254", "0xa9.254.0251.254", "169.0xfea9fe",
      "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "0:0:0:0:0:ffff:a9fe:a9fe", "::169.254.169.254",
      "::ffff:0:a9fe:a9fe", "64:ff9b::a9fe:a9fe", "64:ff9b::169.254.169.254",
      "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1", "2002:a9fe:1::", "2001:0:1:2:3:4:5601:5601",
      "2001:db8::5efe:a9fe:a9fe", "fe80::1", "fe9f::1", "fea0::1",
      "febf:ffff::1", "fd00:ec2::23", "fd00:ec2::254", "fd00:0ec2:0:0::1", "FD00:EC2::23",
      "fe80::1%lo",
    ])
  func refused(host: String) throws {
    for rule in [HTTPClient.LinkLocal.own, .none] { #expect(try !isAllowed(host, rule)) }
  }

  @Test(
    "others are not",
    arguments: [
      "127.0.0.1", "localhost", "::1", "10.0.0.1", "169.253.1.1", "169.255.1.1", "254.169.254.169",
      "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1", "fe7f::1", "fd00:ec3::1",
      "2130706433", "0x7f.1",
    ])
  func allowed(host: String) throws {
    for rule in [HTTPClient.LinkLocal.own, .none] { #expect(try isAllowed(host, rule)) }
  }

  @Test("the rule is asked with the address that is connected to")
  func client() async throws {
    let client = HTTPClient(loops: EventLoops(count: 1), linkLocal: .none)
    for host in ["2852039166", "169.254.169.254", "[64:ff9b::a9fe:a9fe]", "0xA9FEA9FE"] {
      let url = try #require(HTTPURL("http://\(host):1/"))
      await #expect(throws: HTTPClientError.refusedAddress(url.host)) {
        try await client.send(HTTPClientRequest(url: url), timeout: .seconds(5))
      }
    }
  }
}

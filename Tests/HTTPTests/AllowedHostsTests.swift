import JSON
import Testing

@testable import HTTP

/// What a Host field names, and whether it is answered for.
@Suite struct AllowedHostsTests {
  /// A field, its host, its port, and whether it is well formed.
  static let fields: [(String, String, String?, Bool)] = [
    ("localhost", "localhost", nil, true), ("LocalHost:80", "LocalHost", "80", true),
    ("127.0.0.1:65535", "127.0.0.1", "65535", true), ("[::1]", "::1", nil, true),
    ("[fd00:ec2::23]:80", "fd00:ec2::23", "80", true), ("a.b.test:0", "a.b.test", "0", true),
    ("", "", nil, false), (":80", "", "80", false), ("a:", "a", "", false),
    ("a:x", "a", "x", false), ("a:65536", "a", "65536", false), ("a:+80", "a", "+80", false),
    ("a:80:80", "a:80:80", nil, false), ("::1", "::1", nil, false), ("[::1", "[::1", nil, false),
    ("[::1]80", "::1", nil, false), ("[::1]:", "::1", "", false), ("[a]", "a", nil, false),
    ("[127.0.0.1]:80", "127.0.0.1", "80", false), ("a/", "a/", nil, false),
    ("user@a:80", "user@a", "80", false), ("a b", "a b", nil, false), ("a]", "a]", nil, false),
  ]

  @Test(
    "a field is a name or an address with or without a port, or not well formed", arguments: fields)
  func field(text: String, host: String, port: String?, isWellFormed: Bool) {
    let field = HostField(text)
    #expect(field.host == host && field.port.map(String.init) == port)
    #expect(field.isWellFormed == isWellFormed)
  }

  private static let local = "192.0.2.7:80"

  private func accepts(
    _ rules: AllowedHosts.Rules, _ header: String, port: UInt16? = nil, local: String = local
  ) -> Bool {
    AllowedHosts(["Agent.test", "::1"], written: ["FD00::A"], rules, port: port)
      .contains(header, calledAt: local)
  }

  @Test("names count in any case of letters, and what is written so as it is")
  func names() {
    #expect(accepts([], "agent.TEST:9") && accepts([], "[::1]:9") && accepts([], "[FD00::A]"))
    for header in ["[fd00::a]", "localhost", "192.0.2.7:80", "b.agent.test", "agent.test:x", ""] {
      #expect(!accepts([], header), "\(header)")
    }
  }

  @Test(
    "each rule lets in what it names and nothing else",
    arguments: [
      (AllowedHosts.Rules.loopback, ["localhost", "127.0.0.1:9", "127.8.8.8", "LOCALHOST"]),
      (.called, ["192.0.2.7:80", "192.0.2.7", "192.0.2.7:9"]),
      (.below, ["b.agent.test:9", "b.localhost", "a.b.Localhost"]),
      (.asWritten, ["agent.test:x", "[FD00::A]junk", "[agent.test]"]),
    ])
  func rules(rule: AllowedHosts.Rules, headers: [String]) {
    let all = [
      "localhost", "127.0.0.1:9", "127.8.8.8", "LOCALHOST", "192.0.2.7:80", "192.0.2.7",
      "192.0.2.7:9", "b.agent.test:9", "b.localhost", "a.b.Localhost", "agent.test:x",
      "[FD00::A]junk", "[agent.test]", "evil.test", "127.0.0.1.evil.test", "xlocalhost", "",
      "192.0.2.8", "localhost:x", "192.0.2.7:x", "xagent.test",
    ]
    #expect(all.filter { accepts(rule, $0) } == all.filter(headers.contains))
  }

  @Test("an address that was called counts as it is written where fields do")
  func called() {
    let local = "[fd00::b]:80"
    #expect(accepts(.called, "[FD00::B]:9", local: local))
    #expect(!accepts([.called, .asWritten], "[FD00::B]:9", local: local))
    #expect(accepts([.called, .asWritten], "[fd00::b]:9", local: local))
  }

  @Test("with a port it alone counts, but for the address that was called as a whole")
  func port() {
    #expect(accepts([], "agent.test:8000", port: 8000) && accepts([], "[::1]:8000", port: 8000))
    for header in ["agent.test", "agent.test:80", "agent.test:08000", "192.0.2.7:8000"] {
      #expect(!accepts(.called, header, port: 8000), "\(header)")
    }
    #expect(accepts(.called, Self.local, port: 8000))
  }
}

import Glibc
import HTTP
import JSON
import Platform
import Testing

@testable import NodeAgent

/// Texts as Go reads them: hosts, paths, JSON; and the addresses of this host.
@Suite struct AgentTextTests {
  @Test(
    "the address that was called is accepted, whatever its port, unless it is strict",
    arguments: [
      ("10.0.0.1:8080", "10.0.0.1:8080", true), ("10.0.0.1", "10.0.0.1:8080", true),
      ("10.0.0.1:9", "10.0.0.1:8080", true), ("[::1]:8080", "[::1]:8080", true),
      ("[::1]", "[::1]:8080", true), ("10.0.0.2", "10.0.0.1:8080", false),
      ("A.local:1", "10.0.0.1:8080", true), ("b.local", "10.0.0.1:8080", false),
      ("", "", true), ("x", "", false),
    ])
  func local(header: String, local: String, isAccepted: Bool) {
    let hosts = AgentHosts.allowed(further: ["a.local"], isStrict: false)
    #expect(hosts.contains(header, calledAt: local) == isAccepted)
    let strict = AgentHosts.allowed(further: ["a.local"], isStrict: true)
    #expect(!strict.contains(header, calledAt: local))
    for host in ["169.254.170.23", "169.254.170.23:80", "[fd00:ec2::23]", "fd00:ec2::23"] {
      #expect(hosts.contains(host, calledAt: local))
      #expect(strict.contains(host, calledAt: local))
    }
  }

  @Test(
    "a path that is not clean is sent to its clean form",
    arguments: [
      ("GET", "//a", "/a"), ("GET", "/a/./b", "/a/b"), ("GET", "/a/../b/", "/b/"),
      ("GET", "/../a", "/a"), ("GET", "/a//", "/a/"), ("GET", "//", "/"),
      ("HEAD", "//a", "/a"), ("POST", "//a", "/a"), ("GET", "/a/%2e%2e/b", "/b"),
      ("GET", "/a/", nil), ("GET", "/", nil), ("CONNECT", "//a", nil), ("GET", "/..a", nil),
    ] as [(String, String, String?)])
  func paths(method: String, target: String, place: String?) {
    let response = AgentRouting.response(to: HTTPRequest(method: method, target: target))
    let text = String(decoding: response.bodyBytes, as: UTF8.self)
    #expect(response.status == (place == nil ? 404 : 307))
    #expect(response.headers["Location"] == place)
    guard let place else {
      #expect(text == "404 page not found\n")
      return
    }
    #expect(response.headers["Content-Type"] == "text/html; charset=utf-8")
    #expect(
      text == (method == "POST" ? "" : "<a href=\"\(place)\">Temporary Redirect</a>.\n\n"))
  }

  @Test(
    "of a text the first value is read, and what follows is not",
    arguments: [
      (#" {"a":1}x"#, #"{"a":1}"#), ("\t\r\n[1,2]]", "[1,2]"), (#"{"a":"}\""} {"#, #"{"a":"}\""}"#),
      (#"{"a":[{}]}}"#, #"{"a":[{}]}"#), ("1", "1"), ("null", "null"), ("", "nothing"),
      (" \n\t\r", "nothing"), ("{", "unfinished"), (#"{"a":"x"#, "unfinished"),
      (#"{"a":[1"#, "unfinished"), ("{a}", "malformed"), ("x", "malformed"), ("1 2", "malformed"),
      ("]", "malformed"), (#"{"a":1]"#, "malformed"),
    ])
  func firstValue(text: String, found: String) {
    let shown =
      switch GoJSON.firstValue(of: Array(text.utf8)) {
      case .value(let json): json.text()
      case .nothing: "nothing"
      case .unfinished: "unfinished"
      case .malformed: "malformed"
      }
    #expect(shown == found)
  }

  @Test(
    "halves of surrogate pairs become the replacement character, whole ones stay",
    arguments: [
      (#"["\ud83d\ude00"]"#, "\u{1F600}"), (#"["\ud800"]"#, "\u{FFFD}"),
      (#"["\udc00"]"#, "\u{FFFD}"), (#"["\ud800\ud83d\ude00"]"#, "\u{FFFD}\u{1F600}"),
      (#"["\ud800\u0041"]"#, "\u{FFFD}A"), (#"["\ud800x"]"#, "\u{FFFD}x"),
      (#"["\ud800\\ude00"]"#, "\u{FFFD}\\ude00"), (#"["\\ud800\ud800"]"#, "\\ud800\u{FFFD}"),
      (#"["\"\n\ud800"]"#, "\"\n\u{FFFD}"), (#"["\ud83d\ud83d\ude00"]"#, "\u{FFFD}\u{1F600}"),
    ])
  func surrogates(text: String, value: String) {
    #expect(GoJSON.value(of: Array(text.utf8))?[0]?.string == value)
  }

  @Test("what lies deeper than is looked at becomes null, and what is beside it stays")
  func depth() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + #""\ud800","# + "1"
        + String(repeating: "]", count: depth)
    }
    func deepest(_ depth: Int) -> JSON? {
      let text = #"{"x":"# + nested(depth) + #","y":[2]}"#
      let json = GoJSON.value(of: Array(text.utf8))
      #expect(json?["y"] == [2])
      return (1..<depth).reduce(json?["x"]) { value, _ in value?[0] }
    }
    #expect(deepest(1) == ["\u{FFFD}", 1])
    #expect(deepest(15) == ["\u{FFFD}", 1])
    #expect(deepest(16) == .null)
  }

  @Test("addresses of this host are found, whatever interface they are on")
  func addresses() {
    #expect(LinkAddresses.isPresent("127.0.0.1"))
    for address in ["203.0.113.7", "127.0.0", "127.0.0.11", "", "lo"] {
      #expect(!LinkAddresses.isPresent(address))
    }
  }

  @Test("what is no address, or no interface, is refused before anything is changed")
  func noAddress() throws {
    let link = try LinkAddresses()
    for address in ["localhost", "1.2.3", "::x", ""] {
      do throws(FileError) {
        try link.add(address)
        Issue.record("\(address) was added")
      } catch { #expect(error.description.contains("is not an address")) }
    }
    // A kernel that knows the message knows no such address, or does not let us.
    for address in ["203.0.113.7", "2001:db8::7"] {
      do throws(FileError) {
        try link.remove(address)
        Issue.record("\(address) was removed")
      } catch { #expect([EADDRNOTAVAIL, EPERM].contains(error.code), "\(error)") }
    }
    do throws(FileError) {
      _ = try LinkAddresses(interface: "nosuch0")
      Issue.record("nosuch0 was found")
    } catch { #expect(error.code == ENODEV) }
  }
}

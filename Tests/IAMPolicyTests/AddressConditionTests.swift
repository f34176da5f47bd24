import IAMPolicy
import Testing

/// Addresses and ranges, odd literals included, as recorded from AWS.
@Suite struct AddressConditionTests {
  /// Whether IpAddress and NotIpAddress hold: one of the two, or neither.
  private func outcomes(_ ranges: [String], _ address: String) throws -> String {
    let isIn = try outcome("IpAddress", ranges, address) == .match
    let isOut = try outcome("NotIpAddress", ranges, address) == .match
    return isIn ? (isOut ? "both" : "in") : isOut ? "out" : "neither"
  }

  @Test(
    "addresses of a request",
    arguments: [
      ("192.0.2.0/24", "192.0.2.255", "in"), ("192.0.2.0/24", "192.0.3.0", "out"),
      ("192.0.2.0/24", "192.000.002.001", "in"), ("192.0.2.0/24", "192.0.2.0001", "neither"),
      ("192.0.2.0/24", "192.0.513", "neither"), ("0.0.0.0/0", "3221225985", "neither"),
      ("192.0.2.0/24", "192.0.2.1/32", "neither"), ("192.0.2.0/24", "", "neither"),
      ("192.0.2.0/24", "192.0.2.256", "neither"), ("192.0.2.0/24", " 192.0.2.1", "neither"),
      ("192.0.2.0/24", "+192.0.2.1", "neither"), ("192.0.2.0/24", "192.0.2.1.", "neither"),
      ("192.0.2.0/24", "::ffff:192.0.2.1", "in"), ("192.0.2.0/24", "::FFFF:192.0.2.1", "in"),
      ("192.0.2.0/24", "::FFFF:c000:201", "in"), ("192.0.3.0/24", "::ffff:192.0.2.1", "out"),
      ("192.0.2.0/24", "0:0:0:0:0:ffff:c000:201", "in"), ("::/0", "::ffff:192.0.2.1", "out"),
      ("::/0", "::ffff:::192.0.2.1", "neither"), ("::/0", "::ffff:2001:db8::1", "neither"),
      ("::/0", "::192.0.2.1", "neither"), ("2001:db8::/64", "2001:db8::192.0.2.1", "neither"),
      ("::/0", "2001:DB8::1", "in"), ("::/0", "2001:0db8:0:0:0:0:0:1", "in"),
      ("2001:db8::1", "2001:db8:::1", "in"), ("2001:db8::1/128", "2001:db8::1:", "in"),
      ("2001:db8::1/128", ":2001:db8::1", "out"), ("::/0", "2001::db8::1", "neither"),
      ("::/0", "2001:db8::::1", "neither"), ("::/0", ":::", "in"), ("::/0", "::", "in"),
      ("::/0", ":", "neither"), ("::/0", "1:2:3:4:5:6:7", "neither"),
      ("::/0", "1:2:3:4:5:6:7:8:9", "neither"), ("::/0", "1:2:3:4:5:6:7::8", "neither"),
      ("::/0", "2001:db8::12345", "neither"), ("::/0", "2001:db8::+1", "neither"),
      ("::/0", "fe80::1%eth0", "neither"), ("::/0", "2001:db8::g", "neither"),
    ])
  func addresses(range: String, address: String, expected: String) throws {
    #expect(try outcomes([range], address) == expected)
  }

  @Test(
    "ranges of a policy: what is none holds no address, and the others count",
    arguments: [
      (["192.0.2.5/24"], "192.0.2.1", "in"), (["192.000.002.0/024"], "192.0.2.1", "in"),
      (["192.0.2.0/+24"], "192.0.2.1", "in"), (["192.0.2.0/-0"], "192.0.2.1", "out"),
      (["192.0.2.0/0"], "203.0.113.1", "in"), (["0.0.0.0/0"], "2001:db8::1", "out"),
      (["192.0.2.0/33"], "192.0.2.1", "out"), (["192.0.2.0/"], "192.0.2.0", "out"),
      (["192.0.2.0/24/24"], "192.0.2.1", "out"), (["192.0.2.0/31"], "192.0.2.2", "out"),
      (["192.0.2.0/99999999999"], "192.0.2.1", "out"), (["10.0.0.0/8"], "10.255.0.1", "in"),
      (["2001:db8::5/64"], "2001:db8::5", "out"), (["2001:DB8::/064"], "2001:db8::1", "in"),
      (["2001:db8::/+64"], "2001:db8::1", "in"), (["2001:db8::/129"], "2001:db8::", "out"),
      (["::1/0"], "::1", "out"), (["2001:db8::4/127"], "2001:db8::5", "in"),
      (["2001:db8:::1/128"], "2001:db8::1", "in"), (["2001:db8::/33"], "2001:db8:8000::", "out"),
      (["::ffff:c000:200/120"], "::ffff:c000:201", "out"),
      (["::ffff:192.0.2.0/120"], "192.0.2.1", "out"), (["::ffff:192.0.2.1"], "192.0.2.1", "out"),
      (["2001:db8::192.0.2.0/120"], "2001:db8::c000:201", "out"),
      (["not-an-ip", "192.0.2.0/24"], "192.0.2.1", "in"),
      (["192.0.2.0/24", "not-an-ip"], "192.0.3.1", "out"), (["not-an-ip"], "not-an-ip", "neither"),
      (["${k}"], "192.0.2.1", "out"), ([], "192.0.2.1", "out"), ([], "x", "neither"),
    ] as [([String], String, String)])
  func ranges(ranges: [String], address: String, expected: String) throws {
    #expect(try outcomes(ranges, address) == expected)
  }
}

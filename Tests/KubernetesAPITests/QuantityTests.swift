import JSON
import Testing

@testable import KubernetesAPI

/// Amounts of resources as kube-apiserver stores them.
@Suite struct QuantityTests {
  static let rows: [(String, String?)] = [
    ("0.1", "100m"), ("1000m", "1"), ("1.5Gi", "1536Mi"), ("1024Mi", "1Gi"), ("1", "1"),
    ("100m", "100m"), ("0.5", "500m"), ("1500m", "1500m"), ("2000", "2k"), ("1500", "1500"),
    ("10000", "10k"), ("1000000", "1M"), ("1e3", "1e3"), ("1E3", "1e3"), ("5e2", "500"),
    ("1.25e3", "1250"), ("0", "0"), ("0Gi", "0"), ("0.0", "0"), ("-1", "-1"), ("-0.5", "-500m"),
    ("-0", "0"), ("+5", "5"), ("1023Ki", "1023Ki"), ("512", "512"), ("0.5Ki", "512"),
    ("1.1Ki", "1126400m"), ("1Ei", "1Ei"), ("2048Ki", "2Mi"), ("1536", "1536"),
    ("1000Ki", "1000Ki"),
    ("100k", "100k"), ("1G", "1G"), ("1000G", "1T"), ("1n", "1n"), ("0.1n", "1n"), ("1.5n", "2n"),
    ("1500u", "1500u"), ("1000u", "1m"), (".5", "500m"), ("5.", "5"), ("01", "1"),
    ("4Gi", "4Gi"), ("1000E", "1000E"), ("lots", nil), ("", nil), ("1.2.3", nil), ("1K", nil),
    ("1ki", nil), ("--1", nil), ("1 Gi", nil), ("Gi", nil), (".", nil), ("1e", nil), ("1i", nil),
    ("0x10", nil), ("1GiB", nil), ("e3", nil),
    // Rounded up, digit by digit.
    ("0.000000012345", "13n"), ("12.345678901234", "12345678902n"),
    ("1.0000000000001", "1000000001n"), ("0.000000010000", "10n"), ("-0.0000000001", "-1n"),
    ("1.00000000000", "1"), ("0.0000000000u", "0"),
  ]

  @Test("amounts have one spelling", arguments: rows)
  func canonical(text: String, stored: String?) {
    #expect(Quantity.canonical(text) == stored)
    if let stored { #expect(Quantity.canonical(stored) == stored) }
  }

  @Test("amounts beyond all bounds neither trap nor take long")
  func bounds() {
    for text in [
      String(repeating: "9", count: 100_000), "1e1000", "1e99999999999", "99999999999999999999Ei",
      "0." + String(repeating: "0", count: 10_000) + "1", "1e-1000", "9e36", "1e-999",
      "1e\(Int.min)", "1e\(Int.max)", "\(Int.min)e\(Int.min)",
    ] { _ = Quantity.canonical(text) }
    #expect(Quantity.canonical("0.00000000000001") == "1n")
    #expect(Quantity.canonical("1e-1000") == "1e-9")
  }

  @Test("a pod's and a node's amounts are stored so, wherever they are")
  func places() throws {
    func decoded(_ text: String, _ kind: ResourceKind) throws -> JSON {
      let object = try #require(try JSON.parse(text).object)
      return .object(try ObjectDecoder.decode(object, as: kind).object)
    }
    let pod = try decoded(
      #"""
      {"spec":{"overhead":{"cpu":"0.1"},"resources":{"limits":{"cpu":2000}},
       "initContainers":[{"resources":{"limits":{"memory":"1024Mi"}}}],
       "containers":[{"resources":{"limits":{"cpu":0.5,"memory":"1.5Gi","x.example/y":"1000"},
         "requests":{"cpu":1},"claims":[{"name":"c"}]},
        "env":[{"name":"E","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu","divisor":"0.001"}}}]}],
       "volumes":[{"name":"v","emptyDir":{"sizeLimit":"2048Ki"}}]}}
      """#, .pods)
    #expect(
      pod
        == (try JSON.parse(
          #"""
          {"spec":{"overhead":{"cpu":"100m"},"resources":{"limits":{"cpu":"2k"}},
           "initContainers":[{"resources":{"limits":{"memory":"1Gi"}}}],
           "containers":[{"resources":{"limits":{"cpu":"500m","memory":"1536Mi","x.example/y":"1k"},
             "requests":{"cpu":"1"},"claims":[{"name":"c"}]},
            "env":[{"name":"E","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu","divisor":"1m"}}}]}],
           "volumes":[{"name":"v","emptyDir":{"sizeLimit":"2Mi"}}]}}
          """#)))
    let node = try decoded(
      #"{"status":{"capacity":{"pods":"2000","memory":"4096Mi"},"allocatable":{"cpu":"2000m"}}}"#,
      .nodes)
    #expect(
      node
        == (try JSON.parse(
          #"{"status":{"capacity":{"pods":"2k","memory":"4Gi"},"allocatable":{"cpu":"2"}}}"#)))
  }

  @Test("a text that is no amount is refused as Kubernetes refuses it")
  func refused() throws {
    let object = try #require(
      try JSON.parse(#"{"spec":{"containers":[{"resources":{"requests":{"cpu":"lots"}}}]}}"#).object
    )
    let error = #expect(throws: StatusError.self) {
      _ = try ObjectDecoder.decode(object, as: .pods)
    }
    #expect(
      error?.message
        == "Pod in version \"v1\" cannot be handled as a Pod: quantities must match the regular "
        + "expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
  }
}

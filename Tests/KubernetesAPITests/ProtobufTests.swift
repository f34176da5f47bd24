import JSON
import Testing

@testable import KubernetesAPI

@Suite struct ProtobufTests {
  /// A length-delimited field.
  private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(bytes.count)] + bytes
  }

  private func field(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  private func number(_ number: UInt8, _ value: UInt8) -> [UInt8] { [number << 3, value] }

  private func body(_ apiVersion: String, _ kind: String, _ raw: [UInt8]) -> [UInt8] {
    [0x6B, 0x38, 0x73, 0x00] + field(1, field(1, apiVersion) + field(2, kind)) + field(2, raw)
      + field(3, "") + field(4, "")
  }

  /// What Go's encoder writes for metadata that holds a name alone.
  private func metadata(_ name: String) -> [UInt8] {
    field(1, name) + field(2, "") + field(3, "") + field(4, "") + field(5, "") + field(6, "")
      + number(7, 0) + field(8, [])
  }

  @Test("reads a service account; empty strings, times and zero generations are absent")
  func serviceAccount() throws {
    let annotation = field(12, field(1, "a/b") + field(2, ""))
    let raw =
      field(1, metadata("s3-reader-sa") + annotation) + field(3, field(1, "pull"))
      + field(3, field(1, "pull2")) + number(4, 0)
    let expected = try JSON.parse(
      #"""
      {"kind":"ServiceAccount","apiVersion":"v1",
       "metadata":{"name":"s3-reader-sa","annotations":{"a/b":""}},
       "imagePullSecrets":[{"name":"pull"},{"name":"pull2"}],
       "automountServiceAccountToken":false}
      """#)
    #expect(try ProtobufObject.decode(body("v1", "ServiceAccount", raw)) == expected)
  }

  @Test("reads a token request, an explicit zero and an empty audience included")
  func tokenRequest() throws {
    let reference = field(1, "Pod") + field(2, "v1") + field(3, "p") + field(4, "")
    let spec = field(1, "pods.eks.amazonaws.com") + field(1, "") + field(3, reference)
    let raw =
      field(1, metadata("")) + field(2, spec + number(4, 0)) + field(3, field(1, "") + field(2, []))
    let expected = try JSON.parse(
      #"""
      {"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","metadata":{},
       "spec":{"audiences":["pods.eks.amazonaws.com",""],
        "boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"p"},"expirationSeconds":0},
       "status":{}}
      """#)
    let decoded = try ProtobufObject.decode(
      body("authentication.k8s.io/v1", "TokenRequest", raw))
    #expect(decoded == expected)
  }

  @Test("reads maps to bytes and to lists, times and JSON within")
  func maps() throws {
    let secret = field(1, metadata("s")) + field(2, field(1, "k") + field(2, [0xFF, 0x00]))
    #expect(
      try ProtobufObject.decode(body("v1", "Secret", secret)).at("data", "k") == "/wA=")
    let extra = field(5, field(1, "scopes") + field(2, field(1, "x") + field(1, "y")))
    let review = field(2, field(3, "me") + extra)
    let decoded = try ProtobufObject.decode(
      body("authorization.k8s.io/v1", "SubjectAccessReview", review))
    #expect(decoded.at("spec", "extra", "scopes") == ["x", "y"])
    let entry = field(1, "m") + field(4, number(1, 60)) + field(7, field(1, #"{"f:a":{}}"#))
    let map = field(
      1, metadata("c") + [17 << 3 & 0x7F | 2 | 0x80, 1] + [UInt8(entry.count)] + entry)
    let managed = try ProtobufObject.decode(body("v1", "ConfigMap", map))
      .at("metadata", "managedFields")?[0]
    #expect(managed?["time"] == "1970-01-01T00:01:00Z")
    #expect(managed?["fieldsV1"] == ["f:a": [:]])
  }

  @Test("refuses kinds without a table and bodies of another format")
  func refusals() {
    #expect(throws: ProtobufFailure.unknownKind(apiVersion: "v1", kind: "Pod")) {
      try ProtobufObject.decode(body("v1", "Pod", []))
    }
    #expect(throws: ProtobufFailure.notKubernetes) { try ProtobufObject.decode([]) }
    #expect(throws: ProtobufFailure.notKubernetes) {
      try ProtobufObject.decode(Array("{}".utf8))
    }
  }

  @Test("survives every cut and every changed byte")
  func damage() {
    let raw = field(1, metadata("name")) + field(2, field(1, "kubernetes"))
    let whole = body("v1", "Namespace", raw)
    for count in whole.indices {
      _ = try? ProtobufObject.decode(Array(whole[..<count]))
      for byte in [0x00, 0x7F, 0x80, 0xFF] as [UInt8] {
        var damaged = whole
        damaged[count] = byte
        _ = try? ProtobufObject.decode(damaged)
      }
    }
    let endless = whole.prefix(4) + [UInt8](repeating: 0xFF, count: 64)
    #expect(throws: ProtobufFailure.self) { try ProtobufObject.decode(Array(endless)) }
  }
}

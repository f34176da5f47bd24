import JSON
import Testing

@testable import KubernetesAPI

/// Bodies that are not what they should be, told as kube-apiserver tells them.
@Suite struct UnreadableBodyTests {
  private static let head =
    "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; "
    + "json parse error: "

  @Test(
    "a body that is no JSON object",
    arguments: [
      ("{bad", "invalid character 'b' looking for beginning of object key string ({bad)"),
      ("", "unexpected end of JSON input (<empty>)"),
      (#"{"a" 1}"#, #"invalid character '1' after object key ({"a" 1})"#),
      ("tru", "invalid character ' ' in literal true (expecting 'e') (747275)"),
      (
        #"{"metadata":{"name":"trail"}} x"#,
        #"invalid character 'x' after top-level value ({"metadata":{"name":"trail"}}  ...)"#
      ),
      (#"{"metadata":{"name":"#, #"unexpected end of JSON input ({"metadata":{"name":)"#),
      (
        "[]",
        #"json: cannot unmarshal array into Go value of type struct { APIVersion string "#
          + #""json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" } (5b5d)"#
      ),
    ])
  func creation(text: String, rest: String) async throws {
    let world = try await EndpointWorld()
    let answer = await world.send("POST", "/api/v1/namespaces/default/configmaps", text: text)
    #expect(answer.status == 400)
    #expect(answer.json["message"]?.string == Self.head + rest)
  }

  @Test(
    "an object of another kind or version",
    arguments: [
      (
        "v1", "ServiceAccount",
        #"ServiceAccount in version "v1" cannot be handled as a ConfigMap: converting "#
          + "(v1.ServiceAccount) to (core.ConfigMap): unknown conversion"
      ),
      (
        "v2", "ConfigMap",
        #"ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is "#
          + #"registered for version "v2" in scheme "pkg/api/legacyscheme/scheme.go:30""#
      ),
      (
        "example.com/v1beta1", "Thing",
        #"Thing in version "v1beta1" cannot be handled as a ConfigMap: no kind "Thing" is "#
          + #"registered for version "example.com/v1beta1" in scheme "#
          + #""pkg/api/legacyscheme/scheme.go:30""#
      ),
    ])
  func mismatch(version: String, kind: String, message: String) async throws {
    let world = try await EndpointWorld()
    let answer = await world.send(
      "POST", "/api/v1/namespaces/default/configmaps",
      ["apiVersion": .string(version), "kind": .string(kind), "metadata": ["name": "x"]])
    #expect(answer.status == 400)
    #expect(answer.json["message"]?.string == message)
  }

  @Test(
    "a patch that is none of its type",
    arguments: [
      (
        "application/merge-patch+json", "{bad",
        "invalid character 'b' looking for beginning of object key string"
      ),
      (
        "application/merge-patch+json", "[]",
        "json: cannot unmarshal array into Go value of type map[string]interface {}"
      ),
      (
        "application/strategic-merge-patch+json", #""x""#,
        "json: cannot unmarshal string into Go value of type map[string]interface {}"
      ),
      (
        "application/json-patch+json", "{}",
        "json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
      ),
    ])
  func patch(type: String, text: String, rest: String) async throws {
    let world = try await EndpointWorld()
    let answer = await world.send("PATCH", "/api/v1/namespaces/other", type: type, text: text)
    #expect(answer.status == 400)
    #expect(answer.json["message"]?.string == "error decoding patch: \(rest)")
  }

  @Test("options of a deletion")
  func deletion() async throws {
    let world = try await EndpointWorld()
    let answer = await world.send("DELETE", "/api/v1/namespaces/other", text: "{bad")
    #expect(answer.status == 400)
    #expect(
      answer.json["message"]?.string
        == "couldn't get version/kind; json parse error: invalid character 'b' looking for "
        + "beginning of object key string")
  }
}

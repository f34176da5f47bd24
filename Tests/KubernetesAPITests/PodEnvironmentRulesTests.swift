import JSON
import Testing

@testable import KubernetesAPI

/// Messages as kube-apiserver 1.36 gave them where a test says so; else as its source has them.
@Suite struct PodEnvironmentRulesTests {
  private static let rule =
    "a valid environment variable name must consist only of printable ASCII characters other than '='"

  private func causes(_ container: JSON) -> [String] {
    PodEnvironmentRules.objections(container, field: "spec.containers[0]").map {
      "\($0.field): \($0.message)"
    }
  }

  @Test(
    "names are printable ASCII without =",
    arguments: [
      ("a=b", "\"a=b\""), ("A=1; touch x; B", "\"A=1; touch x; B\""), ("a\n", "\"a\\n\""),
      ("a\u{0}b", "\"a\\x00b\""), ("\u{1B}[2J", "\"\\x1b[2J\""), ("é", "\"é\""),
      ("a\u{202E}", "\"a\\u202e\""), ("a\u{7F}", "\"a\\x7f\""), ("=\"", "\"=\\\"\""),
      ("\u{E0001}", "\"\\U000e0001\""),
    ])
  func badName(name: String, quoted: String) {
    #expect(
      causes(["env": [["name": .string(name), "value": "x"]]]) == [
        "spec.containers[0].env[0].name: Invalid value: \(quoted): \(Self.rule)"
      ])
    #expect(
      causes(["envFrom": [["prefix": .string(name), "configMapRef": ["name": "c"]]]]) == [
        "spec.containers[0].envFrom[0].prefix: Invalid value: \(quoted): \(Self.rule)"
      ])
  }

  @Test(
    "names that Kubernetes allows", arguments: ["a.b", "a-b", "1", "a b", "%", "A;B", "$(x)", "'"])
  func goodName(name: String) {
    #expect(causes(["env": [["name": .string(name), "value": "x"]]]).isEmpty)
  }

  @Test("what else upstream refuses of them")
  func others() {
    #expect(
      causes(["env": [["value": "x"]]]) == ["spec.containers[0].env[0].name: Required value"])
    // Recorded.
    #expect(
      causes([
        "env": [
          ["name": "A", "value": "x", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]]
        ]
      ]) == [
        "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` "
          + "is not empty"
      ])
    #expect(
      causes([
        "env": [
          [
            "name": "A",
            "valueFrom": [
              "fieldRef": ["fieldPath": "metadata.name"],
              "secretKeyRef": ["name": "s", "key": "../x"],
            ],
          ]
        ]
      ]).map { String($0.prefix(70)) } == [
        "spec.containers[0].env[0].valueFrom.secretKeyRef.key: Invalid value: \"",
        "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not have m",
      ])
    #expect(causes(["env": [["name": "A", "valueFrom": [:]]]]).count == 1)
    #expect(causes(["envFrom": [[:]]]).count == 1)
    #expect(
      causes(["envFrom": [["configMapRef": ["name": ""]]]]) == [
        "spec.containers[0].envFrom[0].configMapRef.name: Required value"
      ])
  }
}

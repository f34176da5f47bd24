import JSON
import Testing

@testable import KubernetesAPI

/// Where a variable's value may come from, and what names it.
@Suite struct PodEnvironmentSourceRulesTests {
  private func causes(_ container: JSON) -> [String] {
    PodEnvironmentRules.objections(container, field: "c").map {
      "\($0.reason.dropFirst(10)) \($0.field): \($0.message)"
    }
  }

  private static let choices =
    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"

  @Test(
    "a value has one source, whole",
    arguments: [
      (["fieldRef": ["fieldPath": "metadata.name"]], []),
      (["resourceFieldRef": ["resource": "limits.cpu"]], []),
      (["configMapKeyRef": ["name": "m", "key": "k"]], []),
      (["secretKeyRef": ["name": "s", "key": "k"]], []),
      (["fileKeyRef": ["path": "p"]], []), (.null, []),
      ([:], ["Invalid c.env[0].valueFrom: Invalid value: \"\": \(choices)"]),
      (["fieldRef": .null], ["Invalid c.env[0].valueFrom: Invalid value: \"\": \(choices)"]),
      (["fieldRef": [:]], ["Required c.env[0].valueFrom.fieldRef.fieldPath: Required value"]),
      (
        ["configMapKeyRef": ["key": "k"]],
        ["Required c.env[0].valueFrom.configMapKeyRef.name: Required value"]
      ),
      (
        ["secretKeyRef": ["name": "s"]],
        ["Required c.env[0].valueFrom.secretKeyRef.key: Required value"]
      ),
      (
        ["secretKeyRef": ["name": "", "key": ""]],
        [
          "Required c.env[0].valueFrom.secretKeyRef.name: Required value",
          "Required c.env[0].valueFrom.secretKeyRef.key: Required value",
        ]
      ),
      (
        ["resourceFieldRef": [:], "configMapKeyRef": ["name": "m", "key": "k"]],
        [
          "Invalid c.env[0].valueFrom: Invalid value: \"\": may not have more than one field "
            + "specified at a time"
        ]
      ),
    ] as [(JSON, [String])])
  func sources(from: JSON, expected: [String]) {
    #expect(causes(["env": [["name": "A", "valueFrom": from]]]) == expected)
  }

  @Test("a key is one that data may have")
  func keys() {
    let found = causes([
      "env": [["name": "A", "valueFrom": ["configMapKeyRef": ["name": "m", "key": "a b"]]]]
    ])
    #expect(found.count == 1)
    #expect(
      found.first?.hasPrefix(
        "Invalid c.env[0].valueFrom.configMapKeyRef.key: Invalid value: \"a b\": a valid config key "
          + "must consist of alphanumeric characters") == true)
  }

  @Test("a value beside an empty source is told as one, beside a null source it is none")
  func beside() {
    #expect(causes(["env": [["name": "A", "value": "x", "valueFrom": .null]]]).isEmpty)
    #expect(
      causes(["env": [["name": "A", "value": "", "valueFrom": ["fieldRef": ["fieldPath": "f"]]]]])
        .isEmpty)
    #expect(
      causes([
        "env": [
          ["name": "A"],
          ["name": "B", "value": "x", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]],
        ]
      ]) == [
        "Invalid c.env[1].valueFrom: Invalid value: \"\": may not be specified when `value` is not "
          + "empty"
      ])
    #expect(
      causes(["env": [["name": "A", "value": "x", "valueFrom": [:]]]]) == [
        "Invalid c.env[0].valueFrom: Invalid value: \"\": \(Self.choices)"
      ])
  }

  @Test(
    "a whole source is a ConfigMap or a Secret, and named",
    arguments: [
      (["configMapRef": ["name": "m"]], []), (["secretRef": ["name": "s"], "prefix": ""], []),
      (["secretRef": ["name": "s"], "prefix": "P_"], []),
      (["secretRef": [:]], ["Required c.envFrom[1].secretRef.name: Required value"]),
      (
        ["configMapRef": .null],
        [
          "Invalid c.envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`"
        ]
      ),
      (
        ["configMapRef": ["name": "m"], "secretRef": ["name": "s"]],
        [
          "Invalid c.envFrom: Invalid value: \"\": may not have more than one field specified at a "
            + "time"
        ]
      ),
    ] as [(JSON, [String])])
  func whole(source: JSON, expected: [String]) {
    #expect(causes(["envFrom": [["configMapRef": ["name": "first"]], source]]) == expected)
  }
}

import JSON
import Testing

@testable import KubernetesAPI

/// Names of volumes and containers, and paths of volumes' files, that upstream refuses.
@Suite struct PodFormTests {
  private func causes(_ spec: JSONObject) -> [String] {
    var spec = spec
    spec.fill("containers", [["name": "c", "image": "x"]])
    return PodRules().objections(["spec": .object(spec)], old: nil).map {
      "\($0.reason) \($0.field): \($0.message)"
    }
  }

  @Test(
    "a file of a volume lies in the volume",
    arguments: [
      ("a", nil), ("a/b", nil), ("a..b", nil), ("a/..b", nil), ("a/b..", nil),
      ("/a", "must be a relative path"), ("/", "must be a relative path"),
      ("/..", "must be a relative path"), ("..", "must not contain '..'"),
      ("a/../b", "must not contain '..'"), ("../a", "must not contain '..'"),
      ("a/..", "must not contain '..'"), ("..a", "must not start with '..'"),
      ("..data/a", "must not start with '..'"),
    ] as [(String, String?)])
  func paths(path: String, rule: String?) {
    let items: JSON = [["key": "k", "path": "ok"], ["key": "k", "path": .string(path)]]
    let places: [(JSON, String)] = [
      (["configMap": ["name": "m", "items": items]], "configMap.items[1].path"),
      (["secret": ["secretName": "s", "items": items]], "secret.items[1].path"),
      (["downwardAPI": ["items": items]], "downwardAPI.items[1].path"),
      (
        ["projected": ["sources": [[:], ["configMap": ["name": "m", "items": items]]]]],
        "projected.sources[1].configMap.items[1].path"
      ),
      (
        ["projected": ["sources": [["secret": ["name": "s", "items": items]]]]],
        "projected.sources[0].secret.items[1].path"
      ),
      (
        ["projected": ["sources": [["serviceAccountToken": ["path": .string(path)]]]]],
        "projected.sources[0].serviceAccountToken.path"
      ),
    ]
    for (volume, place) in places {
      var volume = volume.object ?? [:]
      volume["name"] = "v"
      let expected = rule.map {
        ["FieldValueInvalid spec.volumes[0].\(place): Invalid value: \"\(path)\": \($0)"]
      }
      #expect(causes(["volumes": [.object(volume)]]) == expected ?? [])
    }
  }

  @Test("volumes have names, each its own")
  func volumes() {
    #expect(causes(["volumes": [["name": "a"], ["name": "b"]]]).isEmpty)
    #expect(
      causes(["volumes": [["name": "a"], [:], ["name": "A"], ["name": "a"], ["name": ""]]]) == [
        "FieldValueRequired spec.volumes[1].name: Required value",
        "FieldValueInvalid spec.volumes[2].name: Invalid value: \"A\": must be a lowercase RFC "
          + "1123 label",
        "FieldValueDuplicate spec.volumes[3].name: Duplicate value: \"a\"",
        "FieldValueRequired spec.volumes[4].name: Required value",
      ])
  }

  @Test("containers have names of 63 characters at most, each its own, and images")
  func containers() {
    let long = String(repeating: "a", count: 63)
    #expect(causes(["containers": [["name": .string(long), "image": "x"]]]).isEmpty)
    #expect(
      causes([
        "initContainers": [["name": "a", "image": "x"], ["name": "b", "image": ""]],
        "containers": [
          ["image": "x"], ["name": "a", "image": "x"], ["name": .string(long + "a"), "image": "x"],
          ["name": "A.b", "image": "x"], ["name": "ok"],
        ],
      ]) == [
        "FieldValueRequired spec.initContainers[1].image: Required value",
        "FieldValueRequired spec.containers[0].name: Required value",
        "FieldValueDuplicate spec.containers[1].name: Duplicate value: \"a\"",
        "FieldValueInvalid spec.containers[2].name: Invalid value: \"\(long)a\": must be a "
          + "lowercase RFC 1123 label",
        "FieldValueInvalid spec.containers[3].name: Invalid value: \"A.b\": must be a lowercase "
          + "RFC 1123 label",
        "FieldValueRequired spec.containers[4].image: Required value",
      ])
    #expect(
      causes(["containers": []]) == ["FieldValueRequired spec.containers: Required value"])
  }

  @Test(
    "restart policies",
    arguments: [("Always", true), ("OnFailure", true), ("Never", true), ("always", false)])
  func policies(policy: String, isTaken: Bool) {
    let cause =
      "FieldValueNotSupported spec.restartPolicy: Unsupported value: \"\(policy)\": supported "
      + "values: \"Always\", \"OnFailure\", \"Never\""
    #expect(causes(["restartPolicy": .string(policy)]) == (isTaken ? [] : [cause]))
  }
}

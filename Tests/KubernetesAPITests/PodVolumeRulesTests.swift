import JSON
import Testing

@testable import KubernetesAPI

/// Mounts and projected tokens that upstream refuses, with its words.
@Suite struct PodVolumeRulesTests {
  private func causes(_ spec: JSONObject, minimum: Int64 = 600) -> [String] {
    var spec = spec
    if spec["containers"] == nil { spec["containers"] = [["name": "c", "image": "x"]] }
    return PodRules().objections(
      ["spec": .object(spec)], old: nil, limits: ObjectLimits(minimumTokenSeconds: minimum)
    ).map { "\($0.field): \($0.message)" }
  }

  private func mounting(_ mounts: JSON, in list: String = "containers") -> JSONObject {
    var spec: JSONObject = [
      "volumes": [["name": "a", "emptyDir": [:]], ["name": "b", "emptyDir": [:]]]
    ]
    spec[list] = [["name": "x", "image": "x", "volumeMounts": mounts]]
    return spec
  }

  @Test(
    "no two mounts of a container lie at one path", arguments: ["containers", "initContainers"])
  func unique(list: String) {
    #expect(
      causes(
        mounting(
          [
            ["name": "a", "mountPath": "/x"], ["name": "b", "mountPath": "/x"],
            ["name": "b", "mountPath": "/x/"], ["name": "a", "mountPath": "/x"],
          ], in: list)) == [
          "spec.\(list)[0].volumeMounts[1].mountPath: Invalid value: \"/x\": must be unique",
          "spec.\(list)[0].volumeMounts[3].mountPath: Invalid value: \"/x\": must be unique",
        ])
    #expect(
      causes(mounting([["name": "a", "mountPath": "/x"], ["name": "a", "mountPath": "/y"]]))
        .isEmpty)
  }

  @Test("a mount names a volume of the pod and a path")
  func required() {
    #expect(
      causes(mounting([["mountPath": "/x"], ["name": "a"], ["name": "z", "mountPath": "/z"]])) == [
        "spec.containers[0].volumeMounts[0].name: Required value",
        "spec.containers[0].volumeMounts[1].mountPath: Required value",
        "spec.containers[0].volumeMounts[2].name: Not found: \"z\"",
      ])
  }

  @Test(
    "a projected token lasts ten minutes at least, or what the operator allows",
    arguments: [
      (599, 600, "may not be less than 10 minutes"), (600, 600, nil), (0, 600, nil as String?),
      (-1, 600, "may not be less than 10 minutes"), (1 << 32, 600, nil),
      (1 << 32 + 1, 600, "may not be larger than 2^32 seconds"),
      (9, 10, "may not be less than 10 seconds"), (10, 10, nil),
    ] as [(Int64, Int64, String?)])
  func tokens(seconds: Int64, minimum: Int64, reason: String?) {
    var token: JSONObject = ["path": "token"]
    // Defaults are filled in before: 3,600 seconds.
    if seconds != 0 { token["expirationSeconds"] = .integer(seconds) }
    let place = "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds"
    #expect(
      causes(
        [
          "volumes": [
            ["name": "t", "projected": ["sources": [["serviceAccountToken": .object(token)]]]]
          ]
        ], minimum: minimum)
        == (reason.map { ["\(place): Invalid value: \(seconds): \($0)"] } ?? []))
  }

  @Test("a projected token has a path")
  func path() {
    #expect(
      causes([
        "volumes": [["name": "t", "projected": ["sources": [["serviceAccountToken": [:]]]]]]
      ]) == ["spec.volumes[0].projected.sources[0].serviceAccountToken.path: Required value"])
  }

  @Test("modes of files are permissions, in volumes and in their items")
  func modes() {
    let message = "must be a number between 0 and 0777 (octal), both inclusive"
    func spec(_ mode: Int64) -> JSONObject {
      let items: JSON = [
        ["key": "k", "path": "p", "mode": 0o777],
        ["key": "l", "path": "q", "mode": .integer(mode)],
      ]
      return [
        "volumes": [
          ["name": "a", "secret": ["secretName": "s", "defaultMode": .integer(mode)]],
          ["name": "b", "configMap": ["name": "m", "defaultMode": 0, "items": items]],
          ["name": "c", "downwardAPI": ["defaultMode": .integer(mode), "items": items]],
          [
            "name": "d",
            "projected": [
              "defaultMode": .integer(mode),
              "sources": [
                ["secret": ["name": "s", "items": items]], ["downwardAPI": ["items": items]],
              ],
            ],
          ],
        ]
      ]
    }
    let fields = [
      "[0].secret.defaultMode", "[1].configMap.items[1].mode", "[2].downwardAPI.defaultMode",
      "[2].downwardAPI.mode", "[3].projected.defaultMode",
      "[3].projected.sources[0].secret.items[1].mode", "[3].projected.sources[1].downwardAPI.mode",
    ]
    for mode: Int64 in [-1, 512, 4095] {
      #expect(
        causes(spec(mode)) == fields.map { "spec.volumes\($0): Invalid value: \(mode): \(message)" }
      )
    }
    #expect(causes(spec(0)).isEmpty)
    #expect(causes(spec(0o777)).isEmpty)
  }
}

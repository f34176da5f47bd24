import JSON
import Testing

@testable import Kubelet

/// Where the variables of a pod's first container come from.
@Suite(.timeLimit(.minutes(10))) struct PodEnvironmentSourcesTests {
  private static let map = "/api/v1/namespaces/n/configmaps/m"
  private static let secret = "/api/v1/namespaces/n/secrets/s"
  private static let answers: [String: TestAPI.Answer] = [
    "GET \(map)": (200, ["data": ["k": "text", "j": "/v/x"]]),
    "GET \(secret)": (200, ["data": ["k": "aGk="]]),
  ]

  /// The variables as `NAME=value`, or why there are none, and how often the API server was asked.
  private func variables(
    _ container: JSONObject
  ) async throws -> (found: [String]?, failure: String?, asked: Int) {
    let api = try TestAPI(Self.answers)
    let client = try api.client()
    var first = container
    first["volumeMounts"] = [["name": "v", "mountPath": "/v"]]
    let pod: JSON = [
      "metadata": ["name": "p", "namespace": "n"],
      "spec": [
        "containers": [.object(first), ["env": [["name": "OTHER", "value": "x"]]]],
        "volumes": [["name": "v", "emptyDir": [:]]],
      ],
    ]
    var found: [String]?
    var failure: String?
    do throws(VolumeFailure) {
      let environment = try await PodEnvironment(
        pod: pod, mounts: PodMounts(pod: pod, root: "/r"), client: client)
      found = environment.variables.map { "\($0.name)=\($0.value)" }
    } catch { failure = error.description }
    await api.stop()
    return (found, failure, api.requests.count)
  }

  @Test(
    "values, references, fields, and whole ConfigMaps and Secrets",
    arguments: [
      ([:], [], 0),
      (["env": [["name": "A", "value": "1"], ["name": "B"]]], ["A=1", "B="], 0),
      (
        [
          "env": [["name": "A", "value": "1"], ["name": "B", "value": "$(A)$(C)"], ["name": "C"]]
        ],
        ["A=1", "B=1$(C)", "C="], 0
      ),
      (["env": [["name": "A", "value": "/v/t"]]], ["A=/r/n/p/v/t"], 0),
      (
        ["env": [["name": "A", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]]]],
        ["A=p"], 0
      ),
      (
        ["env": [["name": "A", "valueFrom": ["configMapKeyRef": ["name": "m", "key": "k"]]]]],
        ["A=text"], 1
      ),
      (
        ["env": [["name": "A", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]]]],
        ["A=hi"], 1
      ),
      // One that has no value is left out.
      (
        [
          "env": [
            [
              "name": "A",
              "valueFrom": [
                "configMapKeyRef": ["name": "m", "key": "x", "optional": true]
              ],
            ]
          ]
        ], [], 1
      ),
      (
        [
          "env": [
            [
              "name": "A",
              "valueFrom": [
                "secretKeyRef": ["name": "nosuch", "key": "x", "optional": true]
              ],
            ]
          ]
        ], [], 1
      ),
      (["envFrom": [["configMapRef": ["name": "m"]]]], ["k=text", "j=/r/n/p/v/x"], 1),
      (["envFrom": [["prefix": "P_", "secretRef": ["name": "s"]]]], ["P_k=hi"], 1),
      (["envFrom": [["configMapRef": ["name": "nosuch", "optional": true]]]], [], 1),
      // What was read is not read again, and names of before are referred to.
      (
        [
          "envFrom": [["secretRef": ["name": "s"]]],
          "env": [
            ["name": "A", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]],
            ["name": "B", "value": "$(k)$(A)"],
          ],
        ], ["k=hi", "A=hi", "B=hihi"], 1
      ),
    ] as [(JSONObject, [String], Int)])
  func sources(container: JSONObject, variables: [String], asked: Int) async throws {
    let found = try await self.variables(container)
    #expect(found.found == variables && found.failure == nil && found.asked == asked)
  }

  @Test(
    "what is missing is told",
    arguments: [
      (
        ["env": [["name": "A", "valueFrom": ["configMapKeyRef": ["name": "m", "key": "x"]]]]],
        "couldn't find key x in configmaps n/m"
      ),
      (
        ["env": [["name": "A", "valueFrom": ["secretKeyRef": ["name": "nosuch", "key": "x"]]]]],
        "/api/v1/namespaces/n/secrets/nosuch not found"
      ),
      (
        ["env": [["name": "A", "valueFrom": ["secretKeyRef": ["key": "x"]]]]],
        "a reference to secrets has no name"
      ),
      (
        ["env": [["name": "A", "valueFrom": ["fieldRef": ["fieldPath": "spec.x"]]]]],
        "env names the field spec.x, which a pod does not have"
      ),
      (
        ["env": [["name": "A", "valueFrom": ["resourceFieldRef": [:]]]]],
        "env has a valueFrom of a kind that is not served here"
      ),
      (
        ["envFrom": [["configMapRef": ["name": "nosuch"]]]],
        "/api/v1/namespaces/n/configmaps/nosuch not found"
      ),
    ] as [(JSONObject, String)])
  func failures(container: JSONObject, message: String) async throws {
    #expect(try await variables(container).failure == message)
  }

  @Test("variables that are doubled have six mebibytes together, and no more", arguments: [21, 22])
  func size(doubled: Int) async throws {
    var variables: [JSON] = [["name": "A0", "value": "x"]]
    for number in 1...doubled {
      variables.append([
        "name": .string("A\(number)"), "value": .string("$(A\(number - 1))$(A\(number - 1))"),
      ])
    }
    let found = try await self.variables(["env": .array(variables)])
    if doubled == 21 {
      #expect(found.failure == nil && found.found?.count == 22)
    } else {
      #expect(found.failure == "env has more than 6291456 bytes when it is expanded")
    }
  }
}

import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// What a new pod takes over of its ServiceAccount.
@Suite struct PullSecretsTests {
  @Test(
    "the account's image pull secrets are the pod's, unless it has its own",
    arguments: [
      (nil, nil, nil), (nil, [], nil), ([], nil, []), (nil, [["name": "a"]], [["name": "a"]]),
      ([], [["name": "a"]], [["name": "a"]]), ([["name": "p"]], [["name": "a"]], [["name": "p"]]),
      ([["name": "p"]], [], [["name": "p"]]),
    ] as [(JSON?, JSON?, JSON?)])
  func secrets(own: JSON?, account: JSON?, result: JSON?) {
    var spec: JSONObject = ["containers": [], "automountServiceAccountToken": false]
    spec["imagePullSecrets"] = own
    var object: JSONObject = [:]
    object["imagePullSecrets"] = account
    ServiceAccountAdmission.apply(account: .object(object), to: &spec, randomness: .seeded(1))
    #expect(spec["imagePullSecrets"] == result)
  }

  @Test("a token's volume that the pod brings is mounted, and no other added")
  func ownVolume() {
    let volume: JSON = ["name": "kube-api-access-x", "emptyDir": [:]]
    var spec: JSONObject = ["containers": [["name": "a"], ["name": "b"]], "volumes": [volume]]
    ServiceAccountAdmission.apply(account: [:], to: &spec, randomness: .seeded(1))
    #expect(spec["volumes"] == [volume])
    for container in spec["containers"]?.array ?? [] {
      #expect(container["volumeMounts"]?[0]?["name"] == "kube-api-access-x")
      #expect(container["volumeMounts"]?[0]?["readOnly"] == true)
    }
  }

  @Test("one container that brings its own leaves the token to the others")
  func mixed() {
    let path = "/var/run/secrets/kubernetes.io/serviceaccount"
    let own: JSON = ["name": "mine", "mountPath": .string(path)]
    var spec: JSONObject = [
      "containers": [["name": "a", "volumeMounts": [own]], ["name": "b"]],
      "volumes": [["name": "mine", "emptyDir": [:]]],
    ]
    ServiceAccountAdmission.apply(account: [:], to: &spec, randomness: .seeded(1))
    #expect(spec["volumes"]?.array?.count == 2)
    #expect(spec["containers"]?[0]?["volumeMounts"] == [own])
    #expect(spec["containers"]?[1]?["volumeMounts"]?.array?.count == 1)
  }
}

import JSON
import Testing

@testable import KubernetesAPI

@Suite struct CauseLimitTests {
  @Test(
    "no more than a thousand things that are wrong are looked for, whatever they are",
    arguments: [
      ("finalizers", JSON.array(Array(repeating: "!", count: 5000))),
      ("labels", .object(many)), ("annotations", .object(many)),
      ("ownerReferences", .array(Array(repeating: .object([:]), count: 5000))),
    ])
  func metadata(_ member: String, _ value: JSON) {
    let object: JSONObject = ["metadata": .object(["name": "x", member: value])]
    let causes = ObjectMetadata.objections(object, kind: .configMaps)
    #expect(causes.count == 1000)
  }

  @Test("no more than a thousand of a map's keys and of a pod's parts")
  func others() {
    let data: JSONObject = ["data": .object(many)]
    let rules = ResourceKind.configMaps.rules
    #expect(rules.objections(data, old: nil, limits: ObjectLimits()).count == 1000)
    for list in ["volumes", "containers"] {
      let spec = JSON.object([list: .array(Array(repeating: ["name": "!"], count: 5000))])
      let pod: JSONObject = ["spec": spec]
      #expect(PodRules().objections(pod, old: nil).count == 1000)
    }
  }

  @Test("nor are more told, and what finds no room is not made")
  func told() {
    var made = 0
    func cause() -> StatusError.Cause {
      made += 1
      return .required("a")
    }
    var causes: StatusError.Causes = []
    for _ in 0..<3000 { causes.append(cause()) }
    causes += causes
    #expect(made == 1000)
    let error = StatusError.invalid(kind: "Pod", group: "", name: "x", causes: causes)
    #expect(error.details?["causes"]?.array?.count == 1000)
  }

  @Test(
    "a volume without a name is refused as upstream does",
    arguments: [
      JSON.object([:]), ["name": ""], ["name": .null], ["": 1],
    ])
  func nameless(_ volume: JSON) {
    let spec: JSON = [
      "volumes": .array([["name": "a"], volume]), "containers": [["name": "a", "image": "a"]],
    ]
    let causes = PodRules().objections(["spec": spec], old: nil)
    #expect(causes.map(\.field) == ["spec.volumes[1].name"])
    #expect(causes.map(\.message) == ["Required value"])
  }
}

private let many = JSONObject(
  uniqueKeysWithValues: (0..<5000).map { ("!%\($0)", JSON.string("")) })

extension JSONObject {
  fileprivate init(uniqueKeysWithValues members: [(String, JSON)]) {
    self = members.reduce(into: [:]) { $0[$1.0] = $1.1 }
  }
}

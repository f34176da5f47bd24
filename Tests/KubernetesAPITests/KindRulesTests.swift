import JSON
import Testing

@testable import KubernetesAPI

/// What kinds fill in, keep and refuse.
@Suite struct KindRulesTests {
  private static func created(_ kind: ResourceKind, _ object: JSONObject) -> JSONObject {
    var object = object
    kind.rules.prepareForCreate(&object)
    return object
  }

  private static func updated(
    _ kind: ResourceKind, _ object: JSONObject, _ old: JSON
  ) -> JSONObject {
    var object = object
    kind.rules.prepareForUpdate(&object, old: old)
    return object
  }

  private static func fields(
    _ kind: ResourceKind, _ object: JSONObject, old: JSON? = nil
  ) -> [String] {
    kind.rules.objections(object, old: old, limits: ObjectLimits()).map(\.field)
  }

  @Test("a Service gets its type, its address and its ports' targets, where it says none")
  func services() {
    let made = Self.created(
      .services,
      [
        "spec": ["ports": [["port": 80], ["port": 53, "protocol": "UDP", "targetPort": "dns"]]],
        "status": ["x": 1],
      ])
    #expect(
      made["spec"] == [
        "ports": [
          ["port": 80, "protocol": "TCP", "targetPort": 80],
          ["port": 53, "protocol": "UDP", "targetPort": "dns"],
        ], "type": "ClusterIP", "clusterIP": "None", "sessionAffinity": "None",
      ])
    #expect(made["status"] == ["loadBalancer": [:]])
    let given: JSON = ["type": "NodePort", "clusterIP": "1.2.3.4", "sessionAffinity": "ClientIP"]
    #expect(Self.created(.services, ["spec": given])["spec"] == given)
  }

  @Test("a Secret's texts become data, over what is there, and it has a type")
  func secrets() {
    let given: JSONObject = ["data": ["a": "MQ==", "b": "Mg=="], "stringData": ["a": "x"]]
    let made = Self.created(.secrets, given)
    #expect(made["data"] == ["a": "eA==", "b": "Mg=="])
    #expect(made["stringData"] == nil && made["type"] == "Opaque")
    #expect(Self.created(.secrets, ["stringData": ["a": "x"]])["data"] == ["a": "eA=="])
    #expect(Self.created(.secrets, ["type": "t"])["type"] == "t")
    let changed = Self.updated(.secrets, given, ["type": "old"])
    #expect(changed["data"] == ["a": "eA==", "b": "Mg=="])
    #expect(changed["stringData"] == nil && changed["type"] == "old")
    #expect(Self.updated(.secrets, ["type": "new"], ["type": "old"])["type"] == "new")
  }

  @Test("a namespace is active, named by a label, and keeps its spec")
  func namespaces() {
    let named = "kubernetes.io/metadata.name"
    let made = Self.created(
      .namespaces, ["metadata": ["name": "n", "labels": ["a": "b", "\(named)": "x"]]])
    #expect(made["metadata"]?["labels"] == ["a": "b", "kubernetes.io/metadata.name": "n"])
    #expect(made["spec"] == ["finalizers": ["kubernetes"]])
    #expect(made["status"] == ["phase": "Active"])
    let changed = Self.updated(
      .namespaces, ["metadata": ["name": "n"], "spec": [:]], .object(made))
    #expect(changed["spec"] == made["spec"])
    #expect(changed["metadata"]?["labels"] == ["kubernetes.io/metadata.name": "n"])
  }

  @Test("a node has a spec; a Lease drops what only an elected cluster reads")
  func others() {
    #expect(Self.created(.nodes, [:])["spec"] == [:])
    #expect(Self.created(.nodes, ["spec": ["podCIDR": "x"]])["spec"] == ["podCIDR": "x"])
    let spec: JSON = ["strategy": "s", "preferredHolder": "p", "holderIdentity": "h"]
    #expect(Self.created(.leases, ["spec": spec])["spec"] == ["holderIdentity": "h"])
    #expect(Self.updated(.leases, ["spec": spec], [:])["spec"] == ["holderIdentity": "h"])
  }

  @Test(
    "a Lease's numbers",
    arguments: [
      (1, 0, []), (0, 0, ["spec.leaseDurationSeconds"]), (1, -1, ["spec.leaseTransitions"]),
      (-1, -1, ["spec.leaseDurationSeconds", "spec.leaseTransitions"]),
    ] as [(Int64, Int64, [String])])
  func leases(seconds: Int64, transitions: Int64, fields: [String]) {
    let spec: JSON = [
      "leaseDurationSeconds": .integer(seconds), "leaseTransitions": .integer(transitions),
    ]
    #expect(Self.fields(.leases, ["spec": spec]) == fields)
  }

  @Test(
    "keys and values of data",
    arguments: [
      (.configMaps, ["data": ["a-B_c.0": "\u{FF}"]], []),
      (.configMaps, ["data": ["a b": "x"]], ["data[a b]"]),
      (.configMaps, ["data": ["a": "no base64"]], []),
      (.configMaps, ["binaryData": ["a": "no base64"]], ["binaryData[a]"]),
      (.secrets, ["data": ["a": "no base64"]], ["data[a]"]),
      (.secrets, ["data": ["a": "eA=="]], []),
    ] as [(ResourceKind, JSONObject, [String])])
  func data(kind: ResourceKind, object: JSONObject, fields: [String]) {
    #expect(Self.fields(kind, object) == fields)
  }

  @Test("data of a mebibyte is taken and no more, whatever lists it is in")
  func size() {
    func map(_ bytes: Int) -> JSONObject {
      let half = JSON.string(String(repeating: "eHh4", count: 1 << 17))
      return [
        "data": ["a": half, "b": .string(String(repeating: "x", count: bytes))],
        "binaryData": ["c": half],
      ]
    }
    #expect(Self.fields(.configMaps, map(0)).isEmpty)
    #expect(Self.fields(.configMaps, map(1)) == [""])
  }

  @Test("a field of a wrong name or a token of a wrong age is refused in a new pod alone")
  func pods() {
    let spec: JSON = ["containers": [["name": "a", "image": "b"]], "restartPolicy": "Sometimes"]
    #expect(Self.fields(.pods, ["spec": spec]) == ["spec.restartPolicy"])
    #expect(Self.fields(.pods, ["spec": spec], old: ["spec": spec]).isEmpty)
    #expect(Self.fields(.pods, [:]) == ["spec"])
  }
}

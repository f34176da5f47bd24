import JSON
import Platform
import TestSupport
import Testing

@testable import KubernetesAPI

@Suite struct PatchTests {
  @Test(
    "JSON patches of RFC 6902",
    arguments: [
      (#"{"a":1}"#, #"[{"op":"add","path":"/b","value":2}]"#, #"{"a":1,"b":2}"#),
      (#"{"a":[1,3]}"#, #"[{"op":"add","path":"/a/1","value":2}]"#, #"{"a":[1,2,3]}"#),
      (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/-","value":2}]"#, #"{"a":[1,2]}"#),
      (#"{"a":1,"b":2}"#, #"[{"op":"remove","path":"/a"}]"#, #"{"b":2}"#),
      (#"{"a":1}"#, #"[{"op":"replace","path":"/a","value":2}]"#, #"{"a":2}"#),
      (#"{"a":1}"#, #"[{"op":"move","from":"/a","path":"/b"}]"#, #"{"b":1}"#),
      (#"{"a":1}"#, #"[{"op":"copy","from":"/a","path":"/b"}]"#, #"{"a":1,"b":1}"#),
      (#"{"a/b":1}"#, #"[{"op":"test","path":"/a~1b","value":1}]"#, #"{"a/b":1}"#),
      (#"{"a":1}"#, #"[{"op":"test","path":"/a","value":2}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"remove","path":"/b"}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"replace","path":"/b","value":1}]"#, nil),
      (#"{"a":[1]}"#, #"[{"op":"remove","path":"/a/01"}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"nosuch","path":"/a"}]"#, nil),
    ] as [(String, String, String?)])
  func json(value: String, patch: String, result: String?) throws {
    let (value, patch) = (try JSON.parse(value), try JSON.parse(patch))
    guard let result else {
      #expect(throws: StatusError.self) { try JSONPatch.apply(patch, to: value) }
      return
    }
    #expect(try JSONPatch.apply(patch, to: value) == JSON.parse(result))
  }

  @Test(
    "merge patches of RFC 7396's appendix",
    arguments: [
      (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
      (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
      (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
      (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
      (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
      (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
      (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
      (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
      ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
  func merge(value: String, patch: String, result: String) throws {
    let merged = MergePatch.apply(try JSON.parse(patch), to: try JSON.parse(value))
    #expect(merged == (try JSON.parse(result)))
  }

  @Test(
    "strategic patches merge lists by their keys",
    arguments: [
      (
        .pods, #"{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b"}]}}"#,
        #"{"spec":{"containers":[{"name":"a","image":"2"}]}}"#,
        #"{"spec":{"containers":[{"name":"a","image":"2"},{"name":"b"}]}}"#
      ),
      (
        .serviceAccounts, #"{"secrets":[{"name":"s1"},{"name":"s2"}]}"#,
        #"{"secrets":[{"name":"s1","$patch":"delete"}]}"#, #"{"secrets":[{"name":"s2"}]}"#
      ),
      (
        .serviceAccounts, #"{"secrets":[{"name":"s1"}]}"#, #"{"secrets":[{"name":"s2"}]}"#,
        #"{"secrets":[{"name":"s2"},{"name":"s1"}]}"#
      ),
      (
        .serviceAccounts, #"{"imagePullSecrets":[{"name":"a"}]}"#,
        #"{"imagePullSecrets":[{"name":"b"}]}"#,
        #"{"imagePullSecrets":[{"name":"b"}]}"#
      ),
      (
        .pods, #"{"metadata":{"finalizers":["a/b"]}}"#, #"{"metadata":{"finalizers":["c/d"]}}"#,
        #"{"metadata":{"finalizers":["a/b","c/d"]}}"#
      ),
      (
        .pods, #"{"metadata":{"finalizers":["a/b","c/d"]}}"#,
        #"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a/b"]}}"#,
        #"{"metadata":{"finalizers":["c/d"]}}"#
      ),
      (
        .pods, #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
        #"{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}"#,
        #"{"spec":{"containers":[{"name":"b"},{"name":"a"}]}}"#
      ),
      (
        .pods, #"{"data":{"a":"1","b":"2"}}"#, #"{"data":{"$patch":"replace","c":"3"}}"#,
        #"{"data":{"c":"3"}}"#
      ),
      (.pods, #"{"a":{"b":1,"c":2}}"#, #"{"a":{"$retainKeys":["b"],"b":3}}"#, #"{"a":{"b":3}}"#),
      (
        .nodes, #"{"spec":{"taints":[{"key":"a"},{"key":"b"}]}}"#,
        #"{"spec":{"taints":[{"key":"b"}]}}"#, #"{"spec":{"taints":[{"key":"b"}]}}"#
      ),
      (
        .pods, #"{"spec":{"containers":[{"name":"a","ports":[{"containerPort":1}]}]}}"#,
        #"{"spec":{"containers":[{"name":"a","ports":[{"containerPort":1,"name":"x"}]}]}}"#,
        #"{"spec":{"containers":[{"name":"a","ports":[{"containerPort":1,"name":"x"}]}]}}"#
      ),
      // The key of a list holds at its place alone.
      (
        .configMaps, #"{"spec":{"containers":[{"name":"a"}]}}"#,
        #"{"spec":{"containers":[{"name":"b"}]}}"#, #"{"spec":{"containers":[{"name":"b"}]}}"#
      ),
    ] as [(ResourceKind, String, String, String)])
  func strategic(kind: ResourceKind, value: String, patch: String, result: String) throws {
    let merged = try StrategicMergePatch(kind).apply(JSON.parse(patch), to: JSON.parse(value))
    #expect(merged == (try JSON.parse(result)), "\(merged.text())")
  }

  @Test("the way to a list is not put together where names are long", .timeLimit(.minutes(10)))
  func longNames() throws {
    var members = JSONObject()
    for index in 0..<100_000 { members["m\(index)"] = 1 }
    let long = String(repeating: "x", count: 1 << 20)
    let patch = JSON.object([long: .object(members)])
    #expect(try StrategicMergePatch(.pods).apply(patch, to: [:]) == patch)
  }

  @Test(
    "label selectors",
    arguments: [
      ("a=1", true), ("a==1", true), ("a!=1", false), ("b!=1", true), ("a", true), ("!a", false),
      ("!b", true), ("a in (1,2)", true), ("a notin (1,2)", false), ("b notin (1)", true),
      ("a=1,c=3", true), ("a=1,c=4", false), ("", true), (" a = 1 ", true), ("c in (3), a", true),
    ])
  func labels(text: String, matches: Bool) throws {
    let object: JSON = ["metadata": ["labels": ["a": "1", "c": "3"]]]
    #expect(try LabelSelector(text).matches(object) == matches)
  }

  @Test("selectors that are none", arguments: ["a=", "=a", "a in 1", "a in (1", "a,,b", "a b"])
  func badLabels(text: String) {
    if text == "a=" { return }
    #expect(throws: StatusError.self) { try LabelSelector(text) }
  }

  @Test(
    "members of a wrong type are named, unknown ones are told with their place",
    arguments: [
      (#"{"metadata":5}"#, "number into Go struct field Pod.metadata of type v1.ObjectMeta"),
      (
        #"{"metadata":{"labels":{"a":5}}}"#,
        "number into Go struct field ObjectMeta.metadata.labels of type string"
      ),
      (
        #"{"spec":{"containers":5}}"#,
        "number into Go struct field PodSpec.spec.containers of type []v1.Container"
      ),
      (#"{"spec":[]}"#, "array into Go struct field Pod.spec of type v1.PodSpec"),
      (
        #"{"spec":{"priority":4294967296}}"#,
        "number 4294967296 into Go struct field PodSpec.spec.priority of type int32"
      ),
      (
        #"{"spec":{"hostPID":"no"}}"#,
        "string into Go struct field PodSpec.spec.hostPID of type bool"
      ),
    ])
  func types(object: String, text: String) throws {
    let body = try JSON.parse(object).object ?? [:]
    let error = #expect(throws: StatusError.self) {
      try ObjectDecoder.decode(body, as: .pods)
    }
    #expect(
      error?.message
        == "Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal " + text)
    #expect(error?.code == 400)
  }

  @Test("unknown and null members are left out, the unknown ones told with their place")
  func unknownMembers() throws {
    let text = """
      {"kind":"Pod","foo":1,"spec":{"containers":[{"name":"a","env":null},{"bar":2,"ports":[{"x":1}]}],
      "volumes":[{"name":"v","projected":{"sources":[{"serviceAccountToken":{"path":"p","z":1}}]}}]}}
      """
    let decoded = try ObjectDecoder.decode(JSON.parse(text).object ?? [:], as: .pods)
    #expect(
      decoded.unknown == [
        "foo", "spec.containers[1].bar", "spec.containers[1].ports[0].x",
        "spec.volumes[0].projected.sources[0].serviceAccountToken.z",
      ])
    #expect(
      JSON.object(decoded.object).text()
        == #"{"kind":"Pod","spec":{"containers":[{"name":"a"},{"ports":[{}]}],"volumes":[{"name":"v","#
        + #""projected":{"sources":[{"serviceAccountToken":{"path":"p"}}]}}]}}"#)
  }

  @Test(
    "ages as kubectl writes them",
    arguments: [
      (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (600, "10m"), (10_799, "179m"),
      (10_800, "3h"), (11_100, "3h5m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"),
      (180_000, "2d2h"), (691_200, "8d"), (86_400 * 800, "2y70d"),
    ])
  func ages(seconds: Int64, text: String) {
    let start = "2026-01-01T00:00:00Z"
    let now = (Instant(rfc3339: start) ?? Instant(seconds: 0)) + .seconds(seconds)
    #expect(HumanAge.text(since: start, now: now) == text)
  }

  @Test(
    "a JSON patch may move so many items and no more, wherever they lie",
    arguments: ["/a/0", "/a/1", "/o/m7"])
  func moves(path: String) throws {
    let items = [JSON](repeating: 0, count: 5000)
    var members = JSONObject()
    for number in 0..<5000 { members["m\(number)"] = 0 }
    let value: JSON = ["a": .array(items), "o": .object(members)]
    func patch(_ count: Int) -> JSON {
      let pair: [JSON] = [
        ["op": "remove", "path": .string(path)],
        ["op": "add", "path": .string(path), "value": 1],
      ]
      return .array(Array((0..<count).map { _ in pair }.joined()))
    }
    #expect(try JSONPatch.apply(patch(300), to: value) != value)
    let error = #expect(throws: StatusError.self) {
      try JSONPatch.apply(patch(1000), to: value)
    }
    #expect(error?.code == 413)
  }

  @Test("an operation on a large object takes no copy of it", arguments: ["add", "replace"])
  func large(operation: String) throws {
    var members = JSONObject()
    for number in 0..<30_000 { members["m\(number)"] = "" }
    let value: JSON = ["data": .object(members)]
    let patch = JSON.array(
      (0..<1000).map {
        ["op": .string(operation), "path": .string("/data/m\($0)"), "value": "x"]
      })
    let time = ProcessorTime()
    let result = try JSONPatch.apply(patch, to: value)
    #expect(time.passed < .seconds(0.5))
    #expect(result.at("data", "m999") == "x")
  }

  @Test("copies are limited in sum")
  func copies() throws {
    let value: JSON = ["a": .string(String(repeating: "x", count: 100_000))]
    func patch(_ count: Int) -> JSON {
      .array((0..<count).map { ["op": "copy", "from": "/a", "path": .string("/c\($0)")] })
    }
    #expect(try JSONPatch.apply(patch(20), to: value)["c19"] == value["a"])
    #expect(throws: StatusError.self) { try JSONPatch.apply(patch(40), to: value) }
  }
}

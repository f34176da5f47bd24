import JSON
import Platform
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
        #"{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b"}]}}"#,
        #"{"spec":{"containers":[{"name":"a","image":"2"}]}}"#,
        #"{"spec":{"containers":[{"name":"a","image":"2"},{"name":"b"}]}}"#
      ),
      (
        #"{"secrets":[{"name":"s1"},{"name":"s2"}]}"#,
        #"{"secrets":[{"name":"s1","$patch":"delete"}]}"#, #"{"secrets":[{"name":"s2"}]}"#
      ),
      (
        #"{"secrets":[{"name":"s1"}]}"#, #"{"secrets":[{"name":"s2"}]}"#,
        #"{"secrets":[{"name":"s2"},{"name":"s1"}]}"#
      ),
      (
        #"{"imagePullSecrets":[{"name":"a"}]}"#, #"{"imagePullSecrets":[{"name":"b"}]}"#,
        #"{"imagePullSecrets":[{"name":"b"}]}"#
      ),
      (
        #"{"metadata":{"finalizers":["a/b"]}}"#, #"{"metadata":{"finalizers":["c/d"]}}"#,
        #"{"metadata":{"finalizers":["a/b","c/d"]}}"#
      ),
      (
        #"{"metadata":{"finalizers":["a/b","c/d"]}}"#,
        #"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a/b"]}}"#,
        #"{"metadata":{"finalizers":["c/d"]}}"#
      ),
      (
        #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
        #"{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}"#,
        #"{"spec":{"containers":[{"name":"b"},{"name":"a"}]}}"#
      ),
      (
        #"{"data":{"a":"1","b":"2"}}"#, #"{"data":{"$patch":"replace","c":"3"}}"#,
        #"{"data":{"c":"3"}}"#
      ),
      (#"{"a":{"b":1,"c":2}}"#, #"{"a":{"$retainKeys":["b"],"b":3}}"#, #"{"a":{"b":3}}"#),
    ])
  func strategic(value: String, patch: String, result: String) throws {
    let merged = try StrategicMergePatch.apply(try JSON.parse(patch), to: try JSON.parse(value))
    #expect(merged == (try JSON.parse(result)), "\(merged.text())")
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
      try ObjectDecoder.decode(body, kind: "Pod")
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
    let decoded = try ObjectDecoder.decode(JSON.parse(text).object ?? [:], kind: "Pod")
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
}

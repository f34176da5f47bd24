import JSON
import Testing

@testable import KubernetesAPI

/// Patches' finer rules: pointers, directives, and what is refused.
@Suite struct PatchRowsTests {
  @Test(
    "JSON patches: what pointers lead to, and what order does",
    arguments: [
      (#"{"a":[1,2]}"#, #"[{"op":"add","path":"/a/0","value":0}]"#, #"{"a":[0,1,2]}"#),
      (#"{"a":[1,2]}"#, #"[{"op":"add","path":"/a/2","value":3}]"#, #"{"a":[1,2,3]}"#),
      (#"{"a":[1,2]}"#, #"[{"op":"add","path":"/a/3","value":3}]"#, nil),
      (#"{"a":[1,2]}"#, #"[{"op":"replace","path":"/a/1","value":3}]"#, #"{"a":[1,3]}"#),
      (#"{"a":[1,2]}"#, #"[{"op":"replace","path":"/a/2","value":3}]"#, nil),
      (#"{"a":[1,2]}"#, #"[{"op":"remove","path":"/a/0"}]"#, #"{"a":[2]}"#),
      (#"{"a":[1,2]}"#, #"[{"op":"remove","path":"/a/-"}]"#, nil),
      (#"{"a":[1,2]}"#, #"[{"op":"remove","path":"/a/2"}]"#, nil),
      (#"{"a":[1,2]}"#, #"[{"op":"remove","path":"/a/-1"}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"add","path":"/a","value":{"b":2}}]"#, #"{"a":{"b":2}}"#),
      (#"{"a":{}}"#, #"[{"op":"add","path":"/a/b/c","value":1}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"add","path":"/a/b","value":1}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"add","path":"","value":{"b":2}}]"#, #"{"b":2}"#),
      (#"{"a":1}"#, #"[{"op":"remove","path":""}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"add","path":"b","value":1}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"add","value":1}]"#, nil),
      (#"{"":1}"#, #"[{"op":"remove","path":"/"}]"#, "{}"),
      (#"{"~":1,"~1":2}"#, #"[{"op":"remove","path":"/~0"}]"#, #"{"~1":2}"#),
      (#"{"~":1,"~1":2}"#, #"[{"op":"remove","path":"/~01"}]"#, #"{"~":1}"#),
      (#"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a/b","path":"/c"}]"#, #"{"a":{},"c":1}"#),
      (#"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a","path":"/a/b"}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"move","from":"/a","path":"/a"}]"#, #"{"a":1}"#),
      (#"{"a":1}"#, #"[{"op":"move","from":"/b","path":"/a"}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"copy","path":"/b"}]"#, nil),
      (#"{"a":1}"#, #"[{"op":"test","path":"/b"}]"#, nil),
      (#"{"a":null}"#, #"[{"op":"test","path":"/a"}]"#, #"{"a":null}"#),
      (
        #"{"a":1}"#,
        #"[{"op":"add","path":"/b","value":2},{"op":"test","path":"/a","value":9}]"#, nil
      ),
      (
        #"{"a":1}"#,
        #"[{"op":"test","path":"/a","value":1},{"op":"replace","path":"/a","value":2}]"#,
        #"{"a":2}"#
      ),
    ] as [(String, String, String?)])
  func json(value: String, patch: String, result: String?) throws {
    let (value, patch) = (try JSON.parse(value), try JSON.parse(patch))
    let patched: String?
    do throws(StatusError) { patched = try JSONPatch.apply(patch, to: value).text() } catch {
      patched = nil
      #expect(error.code == 422 && error.reason == "Invalid")
      #expect(
        error.message == "the server rejected our request due to an error in our request")
    }
    #expect(patched == result)
  }

  @Test("ten thousand operations, and no more")
  func operations() throws {
    let test: JSON = ["op": "test", "path": "/a", "value": 1]
    let many = [JSON](repeating: test, count: 10_000)
    #expect(try JSONPatch.apply(.array(many), to: ["a": 1]) == ["a": 1])
    let error = #expect(throws: StatusError.self) {
      try JSONPatch.apply(.array(many + [test]), to: ["a": 1])
    }
    #expect(
      error?.message == "The allowed maximum operations in a JSON patch is 10000, got 10001")
    #expect(error?.code == 413)
  }

  @Test(
    "merge patches: null takes away, lists are replaced, what is no object replaces all",
    arguments: [
      (#"{"a":[1,2]}"#, #"{"a":[3]}"#, #"{"a":[3]}"#),
      (#"{"a":{"b":1,"c":2}}"#, #"{"a":{"b":null}}"#, #"{"a":{"c":2}}"#),
      (#"{"a":1}"#, #"{"b":null}"#, #"{"a":1}"#), (#"{"a":1}"#, "{}", #"{"a":1}"#),
      (#"{"a":1}"#, #"{"a":{"b":{"c":null,"d":1}}}"#, #"{"a":{"b":{"d":1}}}"#),
      (#"{"a":1}"#, "5", "5"), ("[1]", #"{"a":1}"#, #"{"a":1}"#),
      (#"{"a":1,"b":2,"c":3}"#, #"{"c":4,"a":null,"d":5}"#, #"{"b":2,"c":4,"d":5}"#),
    ])
  func merge(value: String, patch: String, result: String) throws {
    let merged = MergePatch.apply(try JSON.parse(patch), to: try JSON.parse(value))
    #expect(merged.text() == result)
  }

  @Test(
    "strategic patches: what each directive does",
    arguments: [
      (#"{"a":{"b":1}}"#, #"{"a":{"$patch":"delete"}}"#, #"{"a":{}}"#),
      (#"{"a":{"b":1}}"#, #"{"a":{"$patch":"merge","c":2}}"#, #"{"a":{"b":1,"c":2}}"#),
      (
        #"{"a":{"b":1}}"#, #"{"a":{"$patch":"replace","c":{"$patch":"x","d":1}}}"#,
        #"{"a":{"c":{"d":1}}}"#
      ),
      (#"{"a":1,"b":2}"#, #"{"a":null}"#, #"{"b":2}"#),
      (
        #"{"a":{"b":1,"c":2,"d":3}}"#, #"{"a":{"$retainKeys":["c","e"],"e":5}}"#,
        #"{"a":{"c":2,"e":5}}"#
      ),
      (
        #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
        #"{"spec":{"containers":[{"$patch":"replace"},{"name":"c"}]}}"#,
        #"{"spec":{"containers":[{"name":"c"}]}}"#
      ),
      (
        #"{"spec":{"containers":[{"name":"a","env":[{"name":"X","value":"1"},{"name":"Y"}]}]}}"#,
        #"{"spec":{"containers":[{"name":"a","env":[{"name":"X","value":"2"},{"name":"Z"}]}]}}"#,
        #"{"spec":{"containers":[{"name":"a","env":[{"name":"Z"},{"name":"X","value":"2"},{"name":"Y"}]}]}}"#
      ),
      (
        #"{"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}}"#,
        #"{"spec":{"$setElementOrder/containers":[{"name":"c"},{"name":"x"},{"name":"a"}]}}"#,
        #"{"spec":{"containers":[{"name":"c"},{"name":"a"},{"name":"b"}]}}"#
      ),
      (
        #"{"metadata":{"finalizers":["a","b"]}}"#,
        #"{"metadata":{"finalizers":["c","a"],"$deleteFromPrimitiveList/finalizers":["b"]}}"#,
        #"{"metadata":{"finalizers":["a","c"]}}"#
      ),
      (
        #"{"spec":{"containers":[{"name":"a"}]}}"#,
        #"{"spec":{"containers":[{"name":"nosuch","$patch":"delete"}]}}"#,
        #"{"spec":{"containers":[{"name":"a"}]}}"#
      ),
      (
        #"{"spec":{"containers":[{"name":"a","image":"1"},{"name":"a","image":"2"}]}}"#,
        #"{"spec":{"containers":[{"name":"a","image":"3"}]}}"#,
        #"{"spec":{"containers":[{"name":"a","image":"3"},{"name":"a","image":"2"}]}}"#
      ),
      (
        #"{"spec":{}}"#,
        #"{"spec":{"containers":[{"name":"a","command":null,"env":[{"name":"X","$x":1}]}]}}"#,
        #"{"spec":{"containers":[{"name":"a","env":[{"name":"X"}]}]}}"#
      ),
    ])
  func strategic(value: String, patch: String, result: String) throws {
    let merged = try StrategicMergePatch(.pods).apply(JSON.parse(patch), to: JSON.parse(value))
    #expect(merged.text() == result)
  }

  @Test(
    "strategic patches that are none",
    arguments: [
      (#"{"a":{"$patch":"x"}}"#, "unknown patch type found in map: $patch=x"),
      (
        #"{"spec":{"containers":[{"image":"x"}]}}"#,
        #"map: {"image":"x"} does not contain declared merge key: name"#
      ),
    ])
  func refused(patch: String, message: String) throws {
    let patch = try JSON.parse(patch)
    let error = #expect(throws: StatusError.self) {
      try StrategicMergePatch(.pods).apply(patch, to: [:])
    }
    #expect(error?.code == 400 && error?.message == message)
  }

  @Test(
    "label selectors, word by word",
    arguments: [
      ("a", true), ("!a", false), ("! z", true), ("a=1", true), ("a==1", true), ("a!=1", false),
      ("a!=2", true), ("z!=1", true), ("e=", true), ("e!=", false), ("z=", false),
      ("a in (1)", true), ("a in (2,1)", true), ("a in ( 2 , 1 )", true), ("a in (2,3)", false),
      ("z in (1)", false), ("a notin (1)", false), ("a notin (2)", true), ("z notin (1)", true),
      ("e in ()", true), ("a in ()", false), ("a,b=2", true), ("a,b=3", false), ("a=1,!b", false),
      ("x.y/z=v", true), ("A=1", false), ("a=1,b in (2,3),!z", true), ("  ", true),
    ])
  func labels(text: String, matches: Bool) throws {
    let labels: JSON = ["a": "1", "b": "2", "e": "", "x.y/z": "v"]
    #expect(try LabelSelector(text).matches(["metadata": ["labels": labels]]) == matches)
  }

  @Test(
    "label selectors that are none",
    arguments: [
      ",", "a,", ",a", "!", "=1", "a in", "a in (1", "a in 1)", "a in ((1))", "a out (1)",
      "in (1)", "a b in (1)", "a=b=c", "a=(b)", "a=b c", "-a", "a/b/c", "a)", "(a)", "a!b",
    ])
  func noLabels(text: String) {
    let error = #expect(throws: StatusError.self) { try LabelSelector(text) }
    #expect(error?.code == 400)
    #expect(error?.message.hasPrefix("unable to parse requirement: ") == true)
  }
}

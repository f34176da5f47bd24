import HTTP
import JSON
import Testing

@testable import KubernetesAPI

/// Options of requests: which go together, and where they are read.
@Suite struct OptionsTests {
  private static func list(_ query: String) throws(StatusError) -> ListOptions {
    try ListOptions(QueryParameters(query), kind: .configMaps)
  }

  private static let forbidden = "resourceVersionMatch: Forbidden: resourceVersionMatch"

  @Test(
    "lists",
    arguments: [
      ("", nil), ("limit=-1", nil), ("resourceVersion=5&resourceVersionMatch=Exact", nil),
      (
        "resourceVersionMatch=Exact", "\(forbidden) is forbidden unless resourceVersion is provided"
      ),
      (
        "resourceVersion=0&resourceVersionMatch=Exact",
        "\(forbidden) \"exact\" is forbidden for resourceVersion \"0\""
      ),
      (
        "resourceVersion=1&resourceVersionMatch=Foo",
        "resourceVersionMatch: Unsupported value: \"Foo\": supported values: \"Exact\", "
          + "\"NotOlderThan\", \"\""
      ),
      (
        "resourceVersion=1&continue=x&resourceVersionMatch=NotOlderThan",
        "\(forbidden) is forbidden when continue is provided"
      ),
      (
        "sendInitialEvents=no",
        "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list"
      ),
      (
        "resourceVersionMatch=x&sendInitialEvents",
        "[\(forbidden) is forbidden unless resourceVersion is provided, resourceVersionMatch: "
          + "Unsupported value: \"x\": supported values: \"Exact\", \"NotOlderThan\", \"\", "
          + "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list]"
      ),
    ] as [(String, String?)])
  func lists(_ query: String, _ refusal: String?) throws {
    let options = try Self.list(query)
    Self.expect(refusal, "ListOptions") { () throws(StatusError) in try options.checkForList() }
  }

  @Test(
    "watches",
    arguments: [
      ("resourceVersion=5", nil), ("sendInitialEvents=1&resourceVersionMatch=NotOlderThan", nil),
      ("sendInitialEvents=False&resourceVersionMatch=NotOlderThan&resourceVersion=7", nil),
      (
        "sendInitialEvents=true",
        "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch "
          + "to NotOlderThan"
      ),
      (
        "resourceVersionMatch=NotOlderThan&resourceVersion=0",
        "\(forbidden) is forbidden for watch unless sendInitialEvents is provided"
      ),
    ] as [(String, String?)])
  func watches(_ query: String, _ refusal: String?) throws {
    let options = try Self.list(query)
    Self.expect(refusal, "ListOptions") { () throws(StatusError) in try options.checkForWatch() }
  }

  @Test(
    "writes",
    arguments: [
      ("dryRun=All&fieldValidation=Strict&fieldManager=kubectl%20apply", .create, nil),
      ("force=true", .update, nil),
      ("force=false", .patch, "force: Forbidden: may not be specified for non-apply patch"),
      ("dryRun=Some", .create, "dryRun: Unsupported value: [\"Some\"]: supported values: \"All\""),
      ("dryRun=", .update, "dryRun: Unsupported value: [\"\"]: supported values: \"All\""),
      (
        "dryRun=All&dryRun=all", .patch,
        "dryRun: Unsupported value: [\"All\",\"all\"]: supported values: \"All\""
      ),
      (
        "fieldValidation=strict", .update,
        "fieldValidation: Unsupported value: \"strict\": supported values: \"\", \"Ignore\", "
          + "\"Strict\", \"Warn\""
      ),
      (
        "fieldManager=a%C3%A4%07", .create,
        "fieldManager: Invalid value: \"aä\\a\": invalid character U+0007 (at position 3)"
      ),
      // In bytes: 42 letters of three are 126.
      ("fieldManager=" + String(repeating: "%E2%82%AC", count: 42) + "ab", .update, nil),
      (
        "fieldManager=" + String(repeating: "%E2%82%AC", count: 42) + "abc", .update,
        "fieldManager: Too long: may not be more than 128 bytes"
      ),
    ] as [(String, WriteOptions.Kind, String?)])
  func writes(_ query: String, _ kind: WriteOptions.Kind, _ refusal: String?) {
    Self.expect(refusal, kind.rawValue) { () throws(StatusError) in
      _ = try WriteOptions(QueryParameters(query), kind)
    }
  }

  @Test(
    "deletions: the body counts alone where there is one",
    arguments: [
      ("dryRun=All", "", true, nil), ("dryRun=All", "{}", false, nil),
      ("propagationPolicy=Nope", #"{"dryRun":["All"]}"#, true, nil),
      (
        "propagationPolicy=", "", nil,
        "propagationPolicy: Unsupported value: \"\": supported values: \"Foreground\", "
          + "\"Background\", \"Orphan\", \"nil\""
      ),
      (
        "orphanDependents&propagationPolicy=Orphan", "", nil,
        "propagationPolicy: Invalid value: \"Orphan\": orphanDependents and deletionPropagation "
          + "cannot be both set"
      ),
    ] as [(String, String, Bool?, String?)])
  func deletions(_ query: String, _ body: String, _ isDryRun: Bool?, _ refusal: String?) {
    let request = HTTPRequest(
      method: "DELETE", target: "/api/v1/namespaces/x/configmaps/y?\(query)",
      body: Array(body.utf8))
    Self.expect(refusal, "DeleteOptions") { () throws(StatusError) in
      let options = try DeleteOptions(request, QueryParameters(query))
      #expect(options.isDryRun == isDryRun)
    }
  }

  @Test(
    "a deletion's body is of a group and version that has kinds, or of meta.k8s.io",
    arguments: [
      (nil, nil, true), ("DeleteOptions", "v1", true), ("DeleteOptions", "meta.k8s.io/v1", true),
      ("DeleteOptions", "coordination.k8s.io/v1", true), (nil, "v1", true),
      ("DeleteOptions", "apps/v1", false), ("DeleteOptions", "v2", false),
      ("DeleteOptions", "coordination.k8s.io/v1beta1", false), ("ListOptions", "v1", false),
      ("deleteoptions", "v1", false),
    ] as [(String?, String?, Bool)])
  func versions(kind: String?, version: String?, isTaken: Bool) {
    var body: JSONObject = ["dryRun": ["All"], "preconditions": ["uid": "u"]]
    body["kind"] = kind.map(JSON.string)
    body["apiVersion"] = version.map(JSON.string)
    let request = HTTPRequest(method: "DELETE", target: "/x", body: JSON.object(body).bytes())
    do throws(StatusError) {
      let options = try DeleteOptions(request, QueryParameters(""))
      #expect(isTaken && options.isDryRun && options.preconditions == ["uid": "u"])
    } catch { #expect(!isTaken && error.code == 400, "\(error.message)") }
  }

  private static func expect(
    _ refusal: String?, _ kind: String, _ body: () throws(StatusError) -> Void
  ) {
    do throws(StatusError) {
      try body()
      #expect(refusal == nil)
    } catch {
      #expect(error.code == 422)
      #expect(error.message == "\(kind).meta.k8s.io \"\" is invalid: \(refusal ?? "")")
    }
  }
}

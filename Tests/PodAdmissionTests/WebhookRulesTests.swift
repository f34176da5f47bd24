import JSON
import Platform
import Testing

@testable import PodAdmission

/// The webhook's finer rules: systems, lists of containers, lifetimes.
@Suite struct WebhookRulesTests {
  private func mutated(_ pod: JSON, account: JSON? = nil) -> JSON {
    var object = pod.object ?? [:]
    PodIdentityMutation(region: "r", randomness: .seeded(1)).apply(to: &object, account: account)
    return .object(object)
  }

  private func file(_ pod: JSON) -> String? {
    let variables = pod.at("spec", "containers")?[0]?["env"]?.array ?? []
    return variables.first { $0["name"] == "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" }?["value"]?
      .string
  }

  @Test(
    "a pod is of Windows by either label of its node selector",
    arguments: [
      (["kubernetes.io/os": "windows"], true), (["beta.kubernetes.io/os": "windows"], true),
      (["kubernetes.io/os": "linux", "beta.kubernetes.io/os": "windows"], true),
      (["kubernetes.io/os": "linux"], false), (["kubernetes.io/os": "Windows"], false),
      (["os": "windows"], false), ([:], false), (.null, false),
    ] as [(JSON, Bool)])
  func windows(selector: JSON, isWindows: Bool) {
    let pod = mutated(["spec": ["nodeSelector": selector, "containers": [["name": "a"]]]])
    let path = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
    #expect(file(pod) == (isWindows ? "C:" + path.replacing("/", with: "\\") : path))
    // The mount is the same one.
    #expect(
      pod.at("spec", "containers")?[0]?["volumeMounts"]?[0]?["mountPath"]
        == "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount")
  }

  @Test(
    "lists of containers are comma-separated values, and what is none skips nobody",
    arguments: [
      ("a", ["b"]), ("a,b", []), ("\"a\",b", []), ("a, b", ["b"]), ("", ["a", "b"]),
      ("a\"", ["a", "b"]), ("\"a", ["a", "b"]), ("A", ["a", "b"]), ("\na", ["b"]),
      ("a\r\nb", ["b"]), ("c", ["a", "b"]),
    ])
  func skipped(list: String, changed: [String]) {
    let pod = mutated([
      "metadata": ["annotations": ["eks.amazonaws.com/skip-containers": .string(list)]],
      "spec": ["containers": [["name": "a"], ["name": "b"], ["image": "nameless"]]],
    ])
    let containers = pod.at("spec", "containers")?.array ?? []
    #expect(containers.filter { $0["env"] != nil }.map { $0["name"]?.string } == changed)
    #expect(containers.filter { $0["volumeMounts"] != nil }.count == changed.count)
    #expect(containers.last == ["image": "nameless"])
  }

  @Test(
    "records of comma-separated values, line ends included",
    arguments: [
      ("a\r\nb", ["a"]), ("\na,b", ["a", "b"]), ("\r\n\na", ["a"]), ("a\rb", ["a\rb"]),
      ("a\r", ["a\r"]), ("\"a\nb\",c", ["a\nb", "c"]), ("\"\"", [""]), ("\"\",a", ["", "a"]),
      (",", ["", ""]), (",a", ["", "a"]), ("\"\"\n", [""]), ("a,\n", ["a", ""]), ("\n", []),
      ("\"a\" ,b", nil), (" \"a\"", nil), ("\"a\"\"", nil), ("a,\"b", nil),
      ("\"a\"\",\"\"b\"", ["a\",\"b"]), ("a,\"b\"", ["a", "b"]), ("\"a\"\r\nb", ["a"]),
    ] as [(String, [String]?)])
  func records(text: String, fields: [String]?) { #expect(CSVRecord.fields(of: text) == fields) }

  @Test(
    "lifetimes are ten minutes at least; a day's is spread, no other",
    arguments: [
      ("600", 600), ("601", 601), ("599", 600), ("0", 600), ("-1", 600), ("86399", 86_399),
      ("86401", 86_401), ("4294967296", 4_294_967_296),
    ] as [(String, Int64)])
  func lifetimes(text: String, seconds: Int64) {
    func expiration(_ pod: JSON) -> Int64? {
      pod.at("spec", "volumes")?[0]?.at("projected", "sources")?[0]?
        .at("serviceAccountToken", "expirationSeconds")?.integer
    }
    let annotations: JSON = ["annotations": ["eks.amazonaws.com/token-expiration": .string(text)]]
    let spec: JSON = ["containers": [["name": "a"]]]
    #expect(expiration(mutated(["metadata": annotations, "spec": spec])) == seconds)
    let account: JSON = ["metadata": annotations]
    #expect(expiration(mutated(["spec": spec], account: account)) == seconds)
    // The pod's own word counts first, and one that is no number is none.
    let own: JSON = ["annotations": ["eks.amazonaws.com/token-expiration": "700"]]
    #expect(expiration(mutated(["metadata": own, "spec": spec], account: account)) == 700)
    let none: JSON = ["annotations": ["eks.amazonaws.com/token-expiration": "1h"]]
    #expect(expiration(mutated(["metadata": none, "spec": spec], account: account)) == seconds)
  }

  @Test("labels and annotations that a pod has stay")
  func labels() {
    let pod = mutated([
      "metadata": ["name": "p", "labels": ["a": "b"], "annotations": ["c": "d"]],
      "spec": ["containers": []],
    ])
    #expect(
      pod["metadata"] == [
        "name": "p", "labels": ["a": "b", "eks.amazonaws.com/pod-identity": "enabled"],
        "annotations": ["c": "d"],
      ])
  }
}

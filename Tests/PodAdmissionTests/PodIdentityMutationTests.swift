import JSON
import Platform
import Testing

@testable import PodAdmission

@Suite struct PodIdentityMutationTests {
  private let mutation = PodIdentityMutation(region: "us-east-1", randomness: .seeded(1))

  private func pod(_ text: String) throws -> JSONObject {
    try #require(try JSON.parse(text).object)
  }

  private func mutated(_ text: String, account: JSON? = nil) throws -> JSON {
    var pod = try pod(text)
    mutation.apply(to: &pod, account: account)
    return .object(pod)
  }

  private func expiration(_ pod: JSON) -> Int64? {
    pod.at("spec", "volumes")?[0]?.at("projected", "sources")?[0]?
      .at("serviceAccountToken", "expirationSeconds")?.integer
  }

  @Test("adds what the webhook adds, in its order")
  func plainPod() throws {
    let result = try mutated(
      #"""
      {"metadata":{"name":"p","annotations":{"eks.amazonaws.com/token-expiration":"3600"}},
       "spec":{"volumes":[{"name":"data"}],
        "initContainers":[{"name":"i"}],
        "containers":[{"name":"app","env":[{"name":"MINE","value":"1"}],
         "volumeMounts":[{"name":"data","mountPath":"/data"}]}]}}
      """#)
    let added = #"""
      {"name":"AWS_STS_REGIONAL_ENDPOINTS","value":"regional"},
      {"name":"AWS_DEFAULT_REGION","value":"us-east-1"},
      {"name":"AWS_REGION","value":"us-east-1"},
      {"name":"AWS_CONTAINER_CREDENTIALS_FULL_URI","value":"http://169.254.170.23/v1/credentials"},
      {"name":"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
       "value":"/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"}
      """#
    let mount = #"""
      {"name":"eks-pod-identity-token","readOnly":true,
       "mountPath":"/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"}
      """#
    let expected = try JSON.parse(
      #"""
      {"metadata":{"name":"p","annotations":{"eks.amazonaws.com/token-expiration":"3600"},
        "labels":{"eks.amazonaws.com/pod-identity":"enabled"}},
       "spec":{"volumes":[
         {"name":"eks-pod-identity-token","projected":{"sources":[{"serviceAccountToken":
          {"audience":"pods.eks.amazonaws.com","expirationSeconds":3600,
           "path":"eks-pod-identity-token"}}],"defaultMode":420}},
         {"name":"data"}],
        "initContainers":[{"name":"i","env":[\#(added)],"volumeMounts":[\#(mount)]}],
        "containers":[{"name":"app","env":[{"name":"MINE","value":"1"},\#(added)],
         "volumeMounts":[{"name":"data","mountPath":"/data"},\#(mount)]}]}}
      """#)
    #expect(result == expected)
  }

  private func environment(_ pod: JSON) -> [String] {
    let variables = pod.at("spec", "containers")?[0]?["env"]?.array ?? []
    return variables.compactMap { $0["name"]?.string }
  }

  @Test(
    "the account's annotation keeps AWS_STS_REGIONAL_ENDPOINTS away",
    arguments: [
      (nil, true), ("true", true), ("1", true), ("T", true), ("", true), ("no", true),
      ("fALSE", true), ("false", false), ("False", false), ("FALSE", false), ("0", false),
      ("f", false), ("F", false),
    ] as [(String?, Bool)])
  func regionalEndpoints(value: String?, isAdded: Bool) throws {
    let annotations: JSONObject =
      value.map { ["eks.amazonaws.com/sts-regional-endpoints": .string($0)] } ?? [:]
    let account: JSON = ["metadata": ["name": "sa", "annotations": .object(annotations)]]
    let result = try mutated(#"{"spec":{"containers":[{"name":"a"}]}}"#, account: account)
    #expect(environment(result).contains("AWS_STS_REGIONAL_ENDPOINTS") == isAdded)
    #expect(environment(result).count == (isAdded ? 5 : 4))
    // The pod's own annotation of that name, and its own variable, are another matter.
    let own = try mutated(
      #"""
      {"metadata":{"annotations":{"eks.amazonaws.com/sts-regional-endpoints":"false"}},
       "spec":{"containers":[{"name":"a",
        "env":[{"name":"AWS_STS_REGIONAL_ENDPOINTS","value":"legacy"}]}]}}
      """#, account: account)
    #expect(environment(own).filter { $0 == "AWS_STS_REGIONAL_ENDPOINTS" }.count == 1)
  }

  @Test("pods of an IPv6 cluster are told the agent's IPv6 address")
  func ipv6() throws {
    var pod = try pod(#"{"spec":{"containers":[{"name":"a"}],"initContainers":[{"name":"i"}]}}"#)
    PodIdentityMutation(region: "us-east-1", family: .ipv6, randomness: .seeded(1))
      .apply(to: &pod, account: nil)
    let text = JSON.object(pod).text()
    #expect(text.split(separator: "http://[fd00:ec2::23]/v1/credentials").count == 3)
    #expect(!text.contains("169.254"))
  }

  @Test(
    "leaves alone what a container brings itself",
    arguments: [
      // The container's own variables, the names it has afterwards, whether it has the mount.
      (
        ["AWS_REGION"],
        "AWS_REGION AWS_STS_REGIONAL_ENDPOINTS AWS_CONTAINER_CREDENTIALS_FULL_URI "
          + "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", true
      ),
      (
        ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        "AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_STS_REGIONAL_ENDPOINTS AWS_DEFAULT_REGION "
          + "AWS_REGION", true
      ),
      (
        ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_STS_REGIONAL_ENDPOINTS"],
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_STS_REGIONAL_ENDPOINTS AWS_DEFAULT_REGION "
          + "AWS_REGION", true
      ),
      (
        [
          "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_DEFAULT_REGION", "AWS_STS_REGIONAL_ENDPOINTS",
        ],
        "AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_DEFAULT_REGION AWS_STS_REGIONAL_ENDPOINTS", false
      ),
      (
        ["AWS_WEB_IDENTITY_TOKEN_FILE"],
        "AWS_WEB_IDENTITY_TOKEN_FILE AWS_STS_REGIONAL_ENDPOINTS AWS_DEFAULT_REGION AWS_REGION "
          + "AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", true
      ),
    ])
  func ownVariables(own: [String], after: String, isMounted: Bool) throws {
    let variables: JSON = .array(own.map { ["name": .string($0), "value": "x"] })
    let container: JSON = ["name": "app", "env": variables]
    let pod: JSON = ["metadata": [:], "spec": ["containers": [container]]]
    let result = try mutated(pod.text()).at("spec", "containers")?[0]
    let names = (result?["env"]?.array ?? []).compactMap { $0["name"]?.string }
    #expect(names.joined(separator: " ") == after)
    #expect((result?["volumeMounts"] != nil) == isMounted)
  }

  @Test("keeps a volume and a mount of the same name")
  func ownVolume() throws {
    let result = try mutated(
      #"""
      {"metadata":{},"spec":{"volumes":[{"name":"eks-pod-identity-token","emptyDir":{}}],
       "containers":[{"name":"app",
        "volumeMounts":[{"name":"eks-pod-identity-token","mountPath":"/x"}]}]}}
      """#)
    #expect(result.at("spec", "volumes")?.array?.count == 1)
    #expect(result.at("spec", "containers")?[0]?["volumeMounts"]?.array?.count == 1)
  }

  @Test("skips the containers named by the annotation")
  func skippedContainers() throws {
    let result = try mutated(
      #"""
      {"metadata":{"annotations":{"eks.amazonaws.com/skip-containers":"a,b"}},
       "spec":{"containers":[{"name":"a"},{"name":"app"}],"initContainers":[{"name":"b"}]}}
      """#)
    #expect(result.at("spec", "containers")?[0] == ["name": "a"])
    #expect(result.at("spec", "initContainers")?[0] == ["name": "b"])
    #expect(result.at("spec", "containers")?[1]?["env"] != nil)
    #expect(result.at("metadata", "labels", "eks.amazonaws.com/pod-identity") == "enabled")
  }

  @Test(
    "takes the lifetime from the pod, then the account, then the default",
    arguments: [
      ("3600", nil, 3600...3600), ("10", nil, 600...600), ("soon", "7200", 7200...7200),
      (nil, "7200", 7200...7200), (nil, "never", 79_200...86_400), (nil, nil, 79_200...86_400),
      ("86400", nil, 79_200...86_400), ("86401", nil, 86_401...86_401),
    ] as [(String?, String?, ClosedRange<Int64>)])
  func lifetime(pod: String?, account: String?, expected: ClosedRange<Int64>) throws {
    func annotated(_ value: String?) -> JSON {
      guard let value else { return [:] }
      return ["annotations": ["eks.amazonaws.com/token-expiration": .string(value)]]
    }
    let object: JSON = ["metadata": annotated(pod), "spec": ["containers": []]]
    let result = try mutated(object.text(), account: ["metadata": annotated(account)])
    #expect(expected.contains(try #require(expiration(result))))
  }

  @Test("writes the file's path as Windows wants it")
  func windows() throws {
    let result = try mutated(
      #"{"spec":{"nodeSelector":{"kubernetes.io/os":"windows"},"containers":[{"name":"a"}]}}"#)
    let variable = result.at("spec", "containers")?[0]?["env"]?[4]?["value"]
    #expect(
      variable
        == #"C:\var\run\secrets\pods.eks.amazonaws.com\serviceaccount\eks-pod-identity-token"#)
  }

  @Test(
    "reads one record of comma-separated values",
    arguments: [
      ("a,b", ["a", "b"]), ("a, b", ["a", " b"]), (#""a,b",c"#, ["a,b", "c"]),
      (#""a""b""#, [#"a"b"#]), ("", []), (#"a"b"#, nil), (#""a"#, nil), (#""a"b"#, nil),
      ("a\nb", ["a"]), ("a,", ["a", ""]),
    ] as [(String, [String]?)])
  func records(text: String, expected: [String]?) {
    #expect(CSVRecord.fields(of: text) == expected)
  }
}

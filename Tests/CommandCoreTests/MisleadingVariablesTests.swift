import Testing

@testable import CommandCore

@Suite struct MisleadingVariablesTests {
  @Test(
    "a pod's variables that lead AWS SDKs elsewhere, or have them send a file, are left out",
    arguments: [
      ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), ("AWS_ENDPOINT_URL_STS", "http://10.0.0.1"),
      ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"), ("AWS_CA_BUNDLE", "/x"),
      ("AWS_WEB_IDENTITY_TOKEN_FILE", "/proc/self/environ"),
      ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/home/you/.bashrc"), ("AWS_CONFIG_FILE", "/x"),
    ])
  func leftOut(name: String, value: String) throws {
    let found = try PodVariables([(name, value), ("OK", "1")], admitted: []) {
      $0 == "/pods/a/token"
    }
    #expect(found.misleading == [name] && found.taken.map(\.name) == ["OK"])
    let admitted = try PodVariables([(name, value)], admitted: [name])
    #expect(admitted.misleading.isEmpty && admitted.taken.map(\.name) == [name])
  }

  @Test("a token below the pod's own mounts stays, and so do settings that lead nowhere")
  func kept() throws {
    let pod = [
      ("AWS_WEB_IDENTITY_TOKEN_FILE", "/pods/a/token"), ("AWS_REGION", "eu-west-1"),
      ("AWS_MAX_ATTEMPTS", "3"), ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/x"),
    ]
    let found = try PodVariables(pod, admitted: []) { $0 == "/pods/a/token" }
    #expect(found.misleading.isEmpty && found.taken.count == 4)
  }

  @Test(
    "what programs run other code by is refused",
    arguments: [
      "LANGUAGE", "APT_CONFIG", "CONFIG_SITE", "TERRAFORM_CONFIG", "RM", "GROFF_BIN_PATH", "ZIPOPT",
      "SYSTEM_WGETRC", "VALGRIND_LIB", "PERF_EXEC_PATH", "CCC_OVERRIDE_OPTIONS", "GOPACKAGESDRIVER",
    ])
  func programs(name: String) { #expect(ProgramVariables.isOne(name)) }

  @Test(
    "common settings of apps stay",
    arguments: [
      "ZIPKIN_URL", "LOG4J_FORMAT_MSG_NO_LOOKUPS", "VAULT_ADDR", "NVIDIA_VISIBLE_DEVICES",
      "CDK_DEFAULT_ACCOUNT", "RMQ_HOST",
    ])
  func common(name: String) { #expect(!ProgramVariables.isOne(name)) }
}

import AWSWire
import HTTP
import JSON
import Platform
import PodIdentity

/// A stack that something else started, such as docker compose, described by variables.
///
/// `PODID_STACK_KUBECONFIG` says that there is one. What the servers are told by variables of
/// theirs (region, account, cluster, node, keys) is read from the same ones. The root's keys are
/// in the file of `PODID_STACK_AWS_CREDENTIALS_FILE`, unless aws-api's are said to be `test`.
struct StackVariables: Sendable {
  private let environment: ProcessEnvironment
  private let kubeconfig: String

  /// The variables; nil where they describe no stack.
  init?(_ environment: ProcessEnvironment) {
    guard let file = environment["PODID_STACK_KUBECONFIG"], !file.isEmpty else { return nil }
    self.environment = environment
    kubeconfig = file
  }

  private func url(_ name: String, _ fallback: String) throws(UsageError) -> JSON {
    let text = environment.said(name) ?? fallback
    if let objection = SettingForm.url.objection([text]) {
      throw UsageError("podid: \(name) \(objection)")
    }
    return .string(text)
  }

  private func url(_ name: String, _ fallback: HostPort) throws(UsageError) -> JSON {
    try url(name, "http://\(fallback)")
  }

  private func rootKey() throws(FileError) -> AWSCredentials {
    let file = environment["PODID_STACK_AWS_CREDENTIALS_FILE"] ?? ""
    let isTest = (environment["PODID_AWS_API_ROOT_CREDENTIALS"] ?? "").bytes == "test"
    guard !isTest, !file.isEmpty else {
      return AWSCredentials(accessKeyID: "test", secretAccessKey: "test")
    }
    return try AccessKeyFile(path: file).read()
  }

  /// The stack; its server's URL and authority are in the kubeconfig.
  /// - Throws: wrong usage where a variable has a wrong value, or why a file cannot be used.
  func info() throws -> StackInfo {
    let kubeconfig = try StackOptions.absolute(kubeconfig)
    let token: String
    let server: String
    let key: AWSCredentials
    do {
      let config = try KubeconfigFile(kubeconfig).json
      server = config["clusters"]?[0]?.at("cluster", "server")?.string ?? ""
      let file = environment["PODID_STACK_ADMIN_TOKEN_FILE"] ?? ""
      token = try SafeFile.readText(file, limit: 4096).filter { !$0.isWhitespace }
      key = try rootKey()
    } catch { throw CommandFailure("the stack of PODID_STACK_KUBECONFIG: \(error)") }
    let names = StackNames(environment)
    let json: JSON = [
      "version": 1, "cluster": .string(names.cluster), "region": .string(names.region),
      "account": .string(names.account), "node": .string(names.node), "state": "",
      "adminToken": .string(token),
      "kubernetes": [
        "url": .string(server), "kubeconfig": .string(kubeconfig),
        "admin": try url("PODID_STACK_KUBERNETES_ADMIN", StackDefaults.kubernetesAdmin),
      ],
      "aws": [
        "url": try url("PODID_STACK_AWS_URL", StackDefaults.aws),
        "admin": try url("PODID_STACK_AWS_ADMIN", StackDefaults.awsAdmin),
        "accessKeyId": .string(key.accessKeyID), "secretAccessKey": .string(key.secretAccessKey),
      ],
      "s3": ["url": try url("PODID_STACK_S3_URL", StackDefaults.s3)],
      "agent": [
        "url": try url("PODID_STACK_AGENT_URL", "http://169.254.170.23/v1/credentials"),
        "admin": try url("PODID_STACK_AGENT_ADMIN", StackDefaults.agentAdmin), "pods": "",
      ],
    ]
    var info = try StackInfo(json: json, path: "PODID_STACK_KUBECONFIG")
    info.isOwn = false
    return info
  }
}

import Kubelet
import Platform

/// The variables of a process that uses the stack.
struct ProcessVariables {
  let stack: StackInfo

  /// What would hide the pod's identity, or lead to another's.
  static let hidden: Set<String> = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID", "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT", "AWS_CA_BUNDLE",
  ]
  private static let hiddenPrefixes = ["AWS_CONTAINER_", "AWS_ENDPOINT_URL"]
  /// Where a container finds its token.
  static let tokenFile =
    "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"

  /// The environment of a process in a pod: the caller's, the pod's, podid's.
  func all(
    caller: [String: String], pod: [(name: String, value: String)], hasIdentity: Bool,
    mounts: PodMounts
  ) throws(CommandFailure) -> [String: String] {
    var variables = Self.visible(caller)
    for variable in pod {
      // A manifest is data: it does not decide which programs run here.
      guard !["PATH", "HOME"].contains(variable.name), !variable.name.hasPrefix("LD_") else {
        throw CommandFailure(
          "the pod's env sets \(variable.name), which podid does not take from a manifest")
      }
      variables[variable.name] = variable.value
    }
    for (name, value) in endpoints(noProxy: variables) { variables[name] = value }
    if hasIdentity {
      variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = stack.agentURL
      let file =
        pod.last { $0.name == "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" }?.value
        ?? mounts.rewritten(Self.tokenFile)
      variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file
    }
    return variables
  }

  /// The environment of a process that is the account's root.
  func root(caller: [String: String]) -> [String: String] {
    var variables = Self.visible(caller)
    for (name, value) in endpoints(noProxy: variables) { variables[name] = value }
    variables["AWS_ACCESS_KEY_ID"] = stack.accessKeyID
    variables["AWS_SECRET_ACCESS_KEY"] = stack.secretAccessKey
    return variables
  }

  /// The caller's variables, less what is hidden.
  static func visible(_ caller: [String: String]) -> [String: String] {
    caller.filter { name, _ in
      !hidden.contains(name) && !hiddenPrefixes.contains { name.hasPrefix($0) }
    }
  }

  /// Where everything is, in the order of the design.
  func endpoints(noProxy caller: [String: String]) -> [(String, String)] {
    let known = caller["NO_PROXY"] ?? caller["no_proxy"] ?? ""
    let local = ["127.0.0.1", "localhost", "::1", "169.254.170.23", "fd00:ec2::23"]
    let noProxy = ((known.isEmpty ? [] : [known]) + local).joined(separator: ",")
    return [
      ("AWS_REGION", stack.region), ("AWS_DEFAULT_REGION", stack.region),
      ("AWS_STS_REGIONAL_ENDPOINTS", "regional"), ("AWS_ENDPOINT_URL", stack.awsURL),
      ("AWS_ENDPOINT_URL_S3", stack.s3URL), ("AWS_EC2_METADATA_DISABLED", "true"),
      ("NO_PROXY", noProxy), ("no_proxy", noProxy), ("AWS_CONFIG_FILE", "/dev/null"),
      ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"), ("KUBECONFIG", stack.kubeconfig),
      ("PODID_STACK", stack.path),
    ]
  }
}

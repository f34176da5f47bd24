package import JSON
package import Kubelet
import Platform

/// The variables of a process that uses the stack.
package struct ProcessVariables {
  /// The stack whose addresses and keys the variables hold.
  package let stack: StackInfo
  /// The file that programs get as KUBECONFIG.
  package let kubeconfig: String
  /// The file that programs get in place of the user's configuration of AWS.
  let awsConfig: String

  /// The variables for a stack, with the files that its programs are handed.
  package init(stack: StackInfo, _ context: CommandContext) throws(CommandFailure) {
    let kubeconfig = try context.handedKubeconfig(stack)
    self.init(
      stack: stack, kubeconfig: kubeconfig,
      awsConfig: context.emptyAWSFile(besideKubeconfig: kubeconfig, stack))
  }

  /// The variables for a stack, with files that are there already.
  package init(stack: StackInfo, kubeconfig: String, awsConfig: String) {
    self.stack = stack
    self.kubeconfig = kubeconfig
    self.awsConfig = awsConfig
  }

  /// What would hide the pod's identity, or lead to another's.
  static let hidden: Set<ByteText> = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID", "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT", "AWS_CA_BUNDLE",
  ]
  private static let hiddenPrefixes: [ByteText] = ["AWS_CONTAINER_", "AWS_ENDPOINT_URL"]
  /// Where a container finds its token.
  package static let tokenFile =
    "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"

  /// The environment of a process in a pod: the caller's, what is taken of the pod's
  /// (``PodVariables``), podid's.
  package func all(
    caller: [ByteText: String], pod: PodVariables, hasIdentity: Bool, mounts: PodMounts
  ) -> [ByteText: String] {
    var variables = Self.visible(caller)
    for variable in pod.taken { variables[variable.name.bytes] = variable.value }
    for (name, value) in endpoints(noProxy: variables) { variables[name.bytes] = value }
    if hasIdentity {
      variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = stack.agentURL
      let file =
        pod.taken.last { $0.name.bytes == "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" }?.value
        ?? mounts.rewritten(Self.tokenFile)
      variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file
    }
    return variables
  }

  /// The environment of a process that is the account's root.
  package func root(caller: [ByteText: String]) -> [ByteText: String] {
    var variables = Self.visible(caller)
    for (name, value) in endpoints(noProxy: variables) { variables[name.bytes] = value }
    variables["AWS_ACCESS_KEY_ID"] = stack.accessKeyID
    variables["AWS_SECRET_ACCESS_KEY"] = stack.secretAccessKey
    return variables
  }

  /// The caller's variables, less what is hidden.
  package static func visible(_ caller: [ByteText: String]) -> [ByteText: String] {
    caller.filter { name, _ in
      !hidden.contains(name) && !hiddenPrefixes.contains { name.hasPrefix($0) }
    }
  }

  /// The names that are hidden: those that always are, and those of these that begin as such.
  package static func hiding(_ names: some Sequence<ByteText>) -> Set<ByteText> {
    hidden.union(names.filter { name in hiddenPrefixes.contains { name.hasPrefix($0) } })
  }

  /// Whether a variable of this name says where the stack is, or as whom AWS SDKs call.
  package static func isOwn(_ name: String) -> Bool {
    ["AWS_", "PODID_"].contains { name.bytes.hasPrefix($0) }
      || ["KUBECONFIG", "NO_PROXY", "no_proxy"].contains(name.bytes)
  }

  /// Where everything is, in the order of the design.
  package func endpoints(noProxy caller: [ByteText: String]) -> [(String, String)] {
    let known = caller["NO_PROXY"] ?? caller["no_proxy"] ?? ""
    let local = ["127.0.0.1", "localhost", "::1", "169.254.170.23", "fd00:ec2::23"]
    let places = known.bytes.split(separator: ",")
    let noProxy =
      ((known.isEmpty ? [] : [known]) + local.filter { !places.contains($0.bytes) })
      .joined(separator: ",")
    return [
      ("AWS_REGION", stack.region), ("AWS_DEFAULT_REGION", stack.region),
      ("AWS_STS_REGIONAL_ENDPOINTS", "regional"), ("AWS_ENDPOINT_URL", stack.awsURL),
      ("AWS_ENDPOINT_URL_S3", stack.s3URL), ("AWS_EC2_METADATA_DISABLED", "true"),
      ("NO_PROXY", noProxy), ("no_proxy", noProxy), ("AWS_CONFIG_FILE", awsConfig),
      ("AWS_SHARED_CREDENTIALS_FILE", awsConfig), ("AWS_ALLOW_HTTP", "true"),
      ("KUBECONFIG", kubeconfig), ("PODID_STACK", stack.path),
    ]
  }
}

import JSON
import Platform

/// A stack in containers as the host sees it: at the published ports, which
/// `PODID_STACK_HOST_AWS_URL`, `PODID_STACK_HOST_S3_URL` and, where the agent's is published as well,
/// `PODID_STACK_HOST_AGENT_URL` tell.
struct HostView: Sendable {
  /// Where SDKs find a pod's token: in a file, or by value, of which the file wins.
  static let tokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
  static let token = "AWS_CONTAINER_AUTHORIZATION_TOKEN"

  private let urls: [(name: String, url: String)]
  /// Whether the agent can be asked from the host.
  let hasAgent: Bool

  /// The view; nil where podid runs on the host itself.
  init?(_ environment: ProcessEnvironment) {
    guard let aws = environment["PODID_STACK_HOST_AWS_URL"], !aws.isEmpty,
      let s3 = environment["PODID_STACK_HOST_S3_URL"], !s3.isEmpty
    else { return nil }
    let agent = environment["PODID_STACK_HOST_AGENT_URL"] ?? ""
    hasAgent = !agent.isEmpty
    urls =
      [("AWS_ENDPOINT_URL", aws), ("AWS_ENDPOINT_URL_S3", s3)]
      + (hasAgent ? [("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent)] : [])
  }

  /// The variables of ``ProcessVariables`` for the host, less those that name files of the container.
  ///
  /// A `token` takes the place of the file that it is in there.
  func variables(_ variables: [(String, String)], token: String? = nil) -> [(String, String)] {
    variables.compactMap { name, value in
      if ["KUBECONFIG", "PODID_STACK"].contains(name.bytes) { return nil }
      if let token, name.bytes == Self.tokenFile.bytes { return (Self.token, token) }
      return (name, urls.first { $0.name.bytes == name.bytes }?.url ?? value)
    }
  }
}

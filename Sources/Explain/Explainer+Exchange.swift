import AWSClient
import AWSWire
import AdminAPI
import CommandCore
import Cryptography
import HTTP
import JSON
import Kubelet
import KubernetesClient
import Platform
import PodIdentity

/// The token's way: asked for, exchanged, handed out by the agent, used.
extension Explainer {
  /// Goes that way with the pod that is asked for, or with one that is made for it.
  mutating func exchange(_ role: RoleLookup, _ keys: PodKeys) async throws(ExplainStop) {
    let pods = ObjectPath.core("pods", in: account.namespace)
    let suffix = access.randomness.string(5, from: "bcdfghjklmnpqrstvwxz2456789")
    let name = podName ?? Self.probePrefix + suffix
    let path = ObjectPath.core("pods", in: account.namespace, name)
    let pod: JSON
    do throws(KubernetesError) {
      pod =
        podName == nil
        ? try await kubernetes.create(pods, probe(name))
        : try await kubernetes.get(path)
    } catch { throw ExplainStop("pod", error) }
    var stop: ExplainStop?
    do throws(ExplainStop) { try await exchange(pod, name, role, keys) } catch { stop = error }
    if podName == nil {
      // Also where this task is cancelled, which sends nothing.
      _ = await Task { [kubernetes] in try? await kubernetes.delete(path) }.value
    }
    if let stop { throw stop }
  }

  private mutating func exchange(
    _ pod: JSON, _ name: String, _ role: RoleLookup, _ keys: PodKeys
  ) async throws(ExplainStop) {
    try await use(pod, name, role, keys)
    do {
      _ = try await PodSession.open(account, pod: name, stack: stack, access)
    } catch { throw await nodeStop(error) }
    good("node", "\(stack.node) writes the pod's files")
  }

  /// The hops that need none of the pod's files.
  mutating func use(
    _ pod: JSON, _ name: String, _ role: RoleLookup, _ keys: PodKeys
  ) async throws(ExplainStop) {
    let token = try await token(pod)
    try await assume(token, keys)
    // A pod's own token may be older than its association.
    let used = podName == nil ? token : ((try? PodTokenFile.read(of: pod, stack)) ?? token)
    if let credentials = try await agent(used) { try await caller(credentials, role, name) }
  }

  private mutating func token(_ pod: JSON) async throws(ExplainStop) -> String {
    let token: PodToken
    do throws(KubernetesError) {
      token = try await PodToken.request(for: pod, audience: PodIdentityService.name, kubernetes)
    } catch { throw ExplainStop("token", error) }
    let claims = (try? JWT(compact: token.text))?.claims
    let issuer = claims?["iss"]?.string ?? ""
    let cluster = try? await aws.rest("eks", "GET", EKSPath.cluster(stack.cluster))
    if let known = cluster?["cluster"]?.at("identity", "oidc", "issuer")?.string,
      known.bytes != issuer.bytes
    {
      throw ExplainStop(
        "token",
        "kubernetes-api issues tokens as \(issuer), and aws-api takes those of \(known) for "
          + "cluster \(stack.cluster): start aws-api with --cluster \(stack.cluster)=\(issuer),...",
        mend: stack.restart(.awsAPI))
    }
    good(
      "token",
      "iss \(issuer), aud \(claims?["aud"]?.strings?.joined(separator: ", ") ?? ""), sub "
        + "\(claims?["sub"]?.string ?? ""), until \(token.expires.rfc3339)")
    return token.text
  }

  private mutating func assume(_ token: String, _ keys: PodKeys) async throws(ExplainStop) {
    let answer: JSON
    do throws(AWSFailure) {
      answer = try await aws.rest(
        "eks-auth", "POST",
        EKSPath.assumeRole(in: stack.cluster),
        ["token": .string(token)])
    } catch { throw await refused(error) }
    good("EKS Auth", answer.at("assumedRoleUser", "arn")?.string ?? "")
    good(
      "session tags",
      keys.hasTags
        ? "eks-cluster-name=\(stack.cluster), kubernetes-namespace=\(account.namespace), "
          + "kubernetes-service-account=\(account.name), and the pod's name, uid and cluster ARN"
        : "none, as the association has it")
  }

  private func refused(_ error: AWSFailure) async -> ExplainStop {
    var reason = "\(error)"
    let admin = admins.server(.awsAPI)
    let event = (try? await admin?.events())?.last {
      $0["operation"]?.string?.bytes == EventOperation.assumeRoleForPodIdentity.bytes
        && $0.at("subject", "serviceAccount")?.string?.bytes == account.name.bytes
    }
    if let told = event?["reason"]?.string { reason += " (\(told))" }
    switch error.code.bytes {
    case "ExpiredTokenException":
      return ExplainStop("EKS Auth", reason, mend: .podid("clock reset"))
    case "InvalidTokenException", "ServiceUnavailableException":
      return ExplainStop("EKS Auth", reason, mend: stack.restart())
    case "ResourceNotFoundException":
      // aws-api shows the association, and EKS Auth does not see it yet.
      return ExplainStop(
        "EKS Auth",
        "\(reason) EKS shows the association, and EKS Auth does not see it yet: a change takes a "
          + "moment (--association-delay)",
        mend: .shell("until \(Mend.explain(account.text)); do sleep 1; done"))
    default: return ExplainStop("EKS Auth", reason, mend: .podid("events"))
    }
  }

  /// What the agent answers to a token; nil where it is not reached from here.
  private mutating func agent(_ token: String) async throws(ExplainStop) -> AWSCredentials? {
    guard let url = HTTPURL(stack.agentURL), stack.isOwn else { return nil }
    let response: HTTPClientResponse
    do {
      var request = HTTPClientRequest(
        method: "GET", url: url, headers: ["Authorization": token])
      StackMark(adminToken: stack.adminToken).put(on: &request)
      response = try await access.http.send(request, timeout: .seconds(5))
    } catch { throw ExplainStop("agent", "\(stack.agentURL): \(error)", mend: .podid("status")) }
    guard response.status == 200 else {
      let text = String(decoding: response.body.prefix(300), as: UTF8.self)
      if await agentCheck(of: response.status) == .host {
        throw ExplainStop(
          "agent",
          "it answers \(response.status): \(text); node-agent runs with --strict-host, and takes "
            + "no call by loopback",
          mend: .all(.shell("unset PODID_NODE_AGENT_STRICT_HOST"), stack.restart()))
      }
      throw ExplainStop("agent", "it answers \(response.status): \(text)", mend: .podid("events"))
    }
    guard let json = response.json, let id = json["AccessKeyId"]?.string,
      let secret = json["SecretAccessKey"]?.string, let session = json["Token"]?.string,
      let end = json["Expiration"]?.string.flatMap({ Instant(rfc3339: $0) })
    else {
      throw ExplainStop(
        "agent", "its answer has not all of AccessKeyId, SecretAccessKey, Token and Expiration",
        mend: .podid("events"))
    }
    guard end > access.clock.now else {
      throw ExplainStop(
        "agent", "it hands out credentials that ended at \(end.rfc3339)",
        mend: .podid("clock reset"))
    }
    good("agent", "\(stack.agentURL) hands out credentials until \(end.rfc3339)")
    return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: session)
  }

  /// The check that the agent's last answer of a status to the stack itself failed, as it noted.
  private func agentCheck(of status: Int) async -> Event.Check? {
    let agent = admins.server(.nodeAgent)
    let event = (try? await agent?.events())?.last {
      $0["operation"]?.string?.bytes == EventOperation.getCredentials.bytes
        && $0["outcome"]?.string?.bytes == "\(status)" && CallOrigin.of($0) == .stack
    }
    return event?.eventCheck
  }

  /// Who STS says that the credentials are.
  private mutating func caller(
    _ credentials: AWSCredentials, _ role: RoleLookup, _ pod: String
  ) async throws(ExplainStop) {
    let arn: String
    do {
      let client = try AWSClient(
        stack, credentials: credentials, loops: access.loops, clock: access.clock)
      arn = try await client.callerARN()
    } catch { throw ExplainStop("STS", "\(error)", mend: .podid("events")) }
    let parts = arn.bytes.split(separator: "/")
    guard parts.count > 1, parts[1].bytes == role.name.bytes else {
      throw ExplainStop(
        "STS",
        "the agent still hands the pod credentials of \(arn), from before the association named "
          + "\(role.name): it keeps them for hours. The command deletes the pod and makes it anew, "
          + "with another token",
        mend: .piped([
          .kubectl("get pod \(Mend.word(pod)) -n \(Mend.word(account.namespace)) -o json"),
          .kubectl("replace --force -f -"),
        ]))
    }
    good("STS", "the credentials are taken, as \(arn)")
  }

  private func nodeStop(_ error: any Error) async -> ExplainStop {
    let readiness = NodeReadiness(kubernetes: kubernetes, node: stack.node)
    let problem: (text: String, mend: MendCommand?)?
    do throws(KubernetesError) { problem = try await readiness.problem() } catch {
      problem = ("\(error)", nil)
    }
    guard let problem else { return ExplainStop("node", "\(error)", mend: .podid("events")) }
    return ExplainStop(
      "node", "\(error); node \(stack.node): \(problem.text)",
      mend: problem.mend ?? stack.restart(.nodeAgent))
  }
}

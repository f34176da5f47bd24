import HTTP
import IAMPolicy
import JSON
import KubernetesClient
import Platform

/// Walks the hops of a ServiceAccount's identity without an app.
struct Explainer {
  private let account: AccountName
  private let stack: StackInfo
  private let context: CommandContext
  private let kubernetes: KubernetesClient
  private let aws: AWSClient
  private let lookup: AssociationLookup
  private(set) var steps: [ExplainStep] = []

  /// A walk for an account of a stack.
  init(_ account: AccountName, stack: StackInfo, context: CommandContext) throws {
    self.account = account
    self.stack = stack
    self.context = context
    kubernetes = try context.kubernetes(stack)
    aws = try context.aws(stack)
    lookup = AssociationLookup(
      account: account, stack: stack, aws: aws, kubernetes: kubernetes)
  }

  /// Walks as far as it goes; whether all is well.
  mutating func run() async -> Bool {
    do throws(ExplainStop) {
      try await servers()
      let object = try await serviceAccount()
      let association = try await self.association(object)
      let role = try await self.role(association)
      try trust(of: role, association)
      try await target(association, from: role)
      try await mutation()
      try await exchange(role, association)
      return true
    } catch {
      steps.append(error.step)
      return false
    }
  }

  private mutating func good(_ hop: String, _ text: String) {
    steps.append(ExplainStep(hop: hop, isGood: true, text: text))
  }

  private func servers() async throws(ExplainStop) {
    for admin in context.admins(stack) {
      let health = await admin.health()
      if let health, !stack.isOwn || health.pid == admin.server.pid { continue }
      throw ExplainStop(
        "servers", "\(admin.server.service) does not answer at \(admin.server.admin)",
        mend: stack.restart(admin.server.service))
    }
  }

  private mutating func serviceAccount() async throws(ExplainStop) -> JSON {
    let base = "/api/v1/namespaces/\(account.namespace)"
    do throws(KubernetesError) { _ = try await kubernetes.get(base) } catch {
      throw ExplainStop(
        "namespace", "\(error)",
        mend: error.code == 404 ? "kubectl create namespace \(account.namespace)" : "podid status")
    }
    good("namespace", account.namespace)
    do throws(KubernetesError) {
      let object = try await kubernetes.get("\(base)/serviceaccounts/\(account.name)")
      good("service account", account.text)
      return object
    } catch {
      let command = "kubectl create serviceaccount \(account.name) -n \(account.namespace)"
      throw ExplainStop(
        "service account", "\(error)", mend: error.code == 404 ? command : "podid status")
    }
  }

  private mutating func association(_ object: JSON) async throws(ExplainStop) -> JSON {
    let found: JSON?
    do throws(AWSFailure) { found = try await lookup.association() } catch {
      throw ExplainStop("association", "\(error)", mend: "podid status")
    }
    var there = found
    var stop: ExplainStop?
    // What was mended just now takes the annotation's controller a moment.
    for _ in 0..<15 where there == nil {
      let missing = await lookup.missing(object)
      stop = missing
      guard missing.step.mend?.hasPrefix("podid explain") == true else { throw missing }
      try? await Task.sleep(for: .milliseconds(200))
      there = try? await lookup.association()
    }
    guard let found = there else {
      throw stop ?? ExplainStop("association", "there is none", mend: nil)
    }
    let owner = found["ownerArn"]?.string == nil ? "made by hand" : "kept by the annotation"
    good(
      "association",
      "\(found["associationId"]?.string ?? "") -> \(found["roleArn"]?.string ?? "") (\(owner))")
    return found
  }

  private mutating func role(_ association: JSON) async throws(ExplainStop) -> RoleLookup {
    let arn = association["roleArn"]?.string ?? ""
    let found: RoleLookup?
    do throws(AWSFailure) { found = try await RoleLookup.find(arn: arn, aws: aws) } catch {
      throw ExplainStop("role", "\(error)", mend: "podid status")
    }
    guard let role = found else {
      let name = arn.split(separator: "/").last.map(String.init) ?? ""
      throw ExplainStop(
        "role", "\(arn) does not exist; EKS Auth answers AccessDeniedException for it",
        mend: Mend.createRole(name))
    }
    let policies = role.policies.map(\.name).joined(separator: ", ")
    good("role", "\(arn), policies: \(policies.isEmpty ? "none, so it may do nothing" : policies)")
    return role
  }

  private func tags(_ association: JSON) -> [(String, String)] {
    association["disableSessionTags"] == true
      ? [] : PodKeys.tags(account, pod: "POD", uid: "UID", stack: stack)
  }

  private mutating func trust(
    of role: RoleLookup, _ association: JSON
  ) throws(ExplainStop) {
    let tags = tags(association)
    let actions = tags.isEmpty ? ["sts:AssumeRole"] : ["sts:AssumeRole", "sts:TagSession"]
    let policy = NamedPolicy(name: "trust policy", document: role.trust)
    for action in actions {
      let request = PolicyRequest(
        action: action, resource: role.arn, principal: .service("pods.eks.amazonaws.com"),
        context: PodKeys.service(tags, stack: stack))
      let decision = PolicyEvaluation(identity: [], resource: [policy]).decide(request)
      guard !decision.isAllowed else { continue }
      let list = PolicyEvaluation.trace([policy], request).map { trace in
        let why = trace.mismatch ?? "it applies, with effect \(trace.effect)"
        return "statement \(trace.reference.statement): \(why)"
      }.joined(separator: "; ")
      throw ExplainStop(
        "trust policy", "\(role.name) does not let pods.eks.amazonaws.com do \(action): \(list)",
        mend: Mend.updateTrust(role.name))
    }
    good("trust policy", "pods.eks.amazonaws.com may do \(actions.joined(separator: " and "))")
  }

  private mutating func target(
    _ association: JSON, from role: RoleLookup
  ) async throws(ExplainStop) {
    guard let arn = association["targetRoleArn"]?.string else { return }
    let name = arn.split(separator: "/").last.map(String.init) ?? ""
    let found: RoleLookup?
    do throws(AWSFailure) { found = try await RoleLookup.find(arn: arn, aws: aws) } catch {
      throw ExplainStop("target role", "\(error)", mend: "podid status")
    }
    guard found != nil else {
      throw ExplainStop(
        "target role", "\(arn) does not exist in this account", mend: Mend.createRole(name))
    }
    good("target role", arn)
  }

  private mutating func mutation() async throws(ExplainStop) {
    let pod: JSON = [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["generateName": "podid-explain-"],
      "spec": [
        "serviceAccountName": .string(account.name),
        "containers": [["name": "app", "image": "podid.local/process"]],
      ],
    ]
    do throws(KubernetesError) {
      let made = try await kubernetes.create(
        "/api/v1/namespaces/\(account.namespace)/pods?dryRun=All", pod)
      let volume = (made.at("spec", "volumes")?.array ?? []).first {
        $0["name"] == "eks-pod-identity-token"
      }
      guard volume != nil else {
        throw KubernetesError.unavailable(
          "a new pod is not given the token's volume: kubernetes-api could not ask aws-api for "
            + "associations (podid events tells)")
      }
      good("pod mutation", "a new pod gets the token's volume and AWS_CONTAINER_* variables")
    } catch { throw ExplainStop("pod mutation", "\(error)", mend: "podid status") }
  }

  /// Makes a pod for a moment, asks for its token and exchanges it.
  private mutating func exchange(
    _ role: RoleLookup, _ association: JSON
  ) async throws(ExplainStop) {
    let session: PodSession
    do {
      session = try await PodSession.open(account, pod: nil, stack: stack, context: context)
    } catch {
      throw ExplainStop("node", "\(error)", mend: "podid status")
    }
    do throws(ExplainStop) {
      let token = try await self.token(session)
      try await assume(token)
      await session.close()
    } catch {
      await session.close()
      throw error
    }
  }

  private mutating func token(_ session: PodSession) async throws(ExplainStop) -> String {
    let path = "/api/v1/namespaces/\(account.namespace)/serviceaccounts/\(account.name)/token"
    do throws(KubernetesError) {
      let answer = try await kubernetes.create(
        path,
        [
          "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
          "spec": [
            "audiences": ["pods.eks.amazonaws.com"],
            "boundObjectRef": [
              "kind": "Pod", "apiVersion": "v1", "name": .string(session.name),
            ],
          ],
        ])
      let token = answer.at("status", "token")?.string ?? ""
      let claims = TokenClaims.of(token)
      good(
        "token",
        "iss \(claims?["iss"]?.string ?? ""), aud pods.eks.amazonaws.com, sub "
          + "\(claims?["sub"]?.string ?? ""), until \(answer.at("status", "expirationTimestamp")?.string ?? "")"
      )
      return token
    } catch { throw ExplainStop("token", "\(error)", mend: "podid status") }
  }

  private mutating func assume(_ token: String) async throws(ExplainStop) {
    do throws(AWSFailure) {
      let answer = try await aws.rest(
        "eks-auth", "POST", "/clusters/\(stack.cluster)/assume-role-for-pod-identity",
        ["token": .string(token)])
      good("EKS Auth", answer.at("assumedRoleUser", "arn")?.string ?? "")
      good(
        "session tags",
        "eks-cluster-name=\(stack.cluster), kubernetes-namespace=\(account.namespace), "
          + "kubernetes-service-account=\(account.name), and the pod's name, uid and cluster ARN")
    } catch {
      var reason = "\(error)"
      if let admin = context.admins(stack).first(where: { $0.server.service == "aws-api" }),
        let event = (try? await admin.events())?.last(where: {
          $0["operation"] == "AssumeRoleForPodIdentity"
        }), let told = event["reason"]?.string
      {
        reason += " (\(told))"
      }
      let mend =
        switch error.code {
        case "ExpiredTokenException": "podid clock reset"
        case "InvalidTokenException", "ServiceUnavailableException": stack.restart()
        case "ResourceNotFoundException": "podid explain again: a new association takes a moment"
        default: "podid events"
        }
      throw ExplainStop("EKS Auth", reason, mend: mend)
    }
  }
}

/// The claims of a token, unverified.
enum TokenClaims {
  /// The claims; nil where the text is no token.
  static func of(_ token: String) -> JSON? {
    let parts = token.split(separator: ".")
    guard parts.count == 3, let bytes = Base64.decodeURL(String(parts[1])) else { return nil }
    return try? JSON.parse(bytes)
  }
}

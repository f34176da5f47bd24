import AdminAPI
import HTTP
import JSON
import Platform
import PodAdmission

/// The parts of the server that depend on its address, put together.
struct ClusterParts: Sendable {
  let endpoint: KubernetesEndpoint
  let defaults: NamespaceDefaults
  private let assigner: NodeAssigner
  private let annotations: AnnotationController?
  private let cluster: Cluster

  /// Settles issuer and kubeconfigs, and builds everything from them.
  init(
    server: ServerContext, settings: KubernetesAPISettings, url: String, keyring: TokenKeyring,
    certificate: ServerCertificate, cluster: Cluster
  ) throws {
    let issuer = try Issuer.settle(
      path: server.state.file("issuer"), wanted: settings.issuer, fallback: url)
    let identity = TokenIdentity(issuer: issuer)
    let users = try ClusterCredentials.tokens(
      in: server.state, node: settings.node, randomness: server.randomness)
    for user in users {
      try user.file.write(
        server: url, authority: certificate.authorityPEM, cluster: settings.cluster,
        user: user.name, token: user.token)
    }
    if let file = settings.authorityFile {
      try SafeFile.write(Array(certificate.authorityPEM.utf8), to: file, mode: 0o644)
    }
    let authenticator = TokenAuthenticator(
      keyring: keyring, identity: identity, clock: server.clock,
      staticTokens: StaticTokens(users.map { ($0.token, $0.user) }))
    let authorizer = Authorizer(mode: settings.authorization)
    self.cluster = cluster
    defaults = NamespaceDefaults(
      objects: cluster, authority: certificate.authorityPEM, log: server.log)
    assigner = NodeAssigner(objects: cluster, clock: server.realClock, log: server.log)
    let associations = AssociationsAPI(
      client: HTTPClient(loops: server.loops), endpoint: settings.awsEndpoint,
      cluster: settings.cluster, region: settings.region, signingKey: settings.signingKey,
      mark: server.mark, clock: server.realClock)
    annotations =
      settings.honoursAnnotation
      ? AnnotationController(
        source: ClusterAccounts(
          objects: cluster,
          recorder: EventRecorder(
            objects: cluster, component: "pod-identity-annotation-controller",
            clock: server.realClock, log: server.log)),
        associations: associations,
        ownerPrefix: "arn:aws:eks:\(settings.region):\(settings.account):serviceaccount/"
          + "\(settings.cluster)/",
        events: server.events, log: server.log)
      : nil
    cluster.admitPods(
      with: PodCreation(
        objects: cluster, defaults: defaults,
        identity: PodIdentityAdmission(
          mutation: PodIdentityMutation(
            region: settings.region, family: settings.family, randomness: server.randomness),
          isAssociated: { namespace, account in
            try await associations.isAssociated(
              namespace: namespace, account: account, timeout: .seconds(1))
          }, honoursAnnotation: settings.honoursAnnotation, events: server.events),
        clock: server.realClock, randomness: server.randomness))
    let faults = FaultGate(faults: server.faults, events: server.events)
    endpoint = KubernetesEndpoint(
      cluster: cluster, authenticator: authenticator, authorizer: authorizer,
      documents: OpenIDDocuments(keyring: keyring, identity: identity, server: url),
      reviews: ReviewEndpoint(
        issuer: TokenIssuer(
          keyring: keyring, identity: identity, clock: server.clock,
          randomness: server.randomness, minimumSeconds: settings.minimumTokenSeconds),
        tokenReview: TokenReview(authenticator: authenticator),
        accessReviews: AccessReviews(authorizer: authorizer), authorizer: authorizer,
        faults: faults, events: server.events, clock: server.realClock),
      discovery: APIDiscovery(
        version: settings.version, serverAddress: String(url.dropFirst(8))),
      openAPI: OpenAPIDocuments(version: settings.version), faults: faults,
      events: server.events, log: server.log)
  }

  /// Makes what every cluster begins with, and starts what keeps it so.
  func startControllers() async throws -> Task<Void, Never> {
    await defaults.prepare()
    let (cluster, defaults, assigner, annotations) = (cluster, defaults, assigner, annotations)
    return Task {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await cluster.resumeNamespaceDeletions() }
        group.addTask { await defaults.run() }
        group.addTask { await assigner.run() }
        if let annotations { group.addTask { await annotations.run() } }
      }
    }
  }
}

package import AWSClient
import HTTP
import JSON
package import KubernetesClient
import Platform
import PodIdentity

/// Applies a seed through the public APIs; a thing that is there already is changed or left.
package struct SeedApplier: Sendable {
  let seed: SeedFolder
  /// The stack's cluster, as its administrator.
  package let kubernetes: KubernetesClient
  /// The stack's AWS APIs, as the account's root.
  package let aws: AWSClient
  let objects: SeedObjects
  /// The stack that gets the seed.
  package let stack: StackInfo
  /// The admin ports of its servers, for faults.
  package let admins: [AdminClient]
  /// How long an annotated account's association is waited for.
  var patience = Duration.seconds(1)

  /// What applies a seed to a stack.
  package init(_ seed: SeedFolder, to stack: StackInfo, _ access: StackAccess) throws {
    self.seed = seed
    self.stack = stack
    kubernetes = try access.kubernetes(stack)
    aws = try access.aws(stack)
    objects = SeedObjects(s3: try access.s3(stack), region: stack.region)
    admins = access.admins(stack)
  }

  /// Applies everything: AWS first, so that pods are mutated when they are made.
  package func apply(into report: inout SeedReport) async throws {
    let faults = try await SeedFaults.place(seed.faults, at: admins)
    for node in seed.aws.clusters {
      let cluster = node.value["name"]?.string ?? ""
      do throws(AWSFailure) {
        _ = try await aws.rest("eks", "GET", EKSPath.cluster(cluster))
      } catch {
        throw node.failure(
          "the seed's cluster \(cluster) is none that aws-api was started with (\(error))")
      }
      report.add("cluster \(cluster)", .unchanged)
    }
    try await applyRoles(&report)
    for provider in seed.aws.providers { try await applyProvider(provider, &report) }
    for association in seed.aws.associations { try await applyAssociation(association, &report) }
    try await applyObjects(&report)
    for manifest in seed.manifests { try await applyManifest(manifest, &report) }
    await waitForAnnotations()
    // Last, for they would meet the seed's own calls.
    for (admin, rule) in faults {
      let kept = try await admin.send("GET", "/faults")["faults"]?.array ?? []
      let added = try await admin.send("POST", "/faults", body: .object(rule))
      let isNew = !kept.contains { $0["id"] == added["id"] }
      report.add(
        "fault \(added["id"]?.string ?? "") of \(admin.server.service)",
        isNew ? .created : .unchanged)
    }
  }

  private func attempt<Result>(
    _ what: String, _ place: String, _ body: () async throws(AWSFailure) -> Result
  ) async throws(CommandFailure) -> Result {
    do throws(AWSFailure) { return try await body() } catch {
      throw CommandFailure("\(place): \(what): \(error)\(await reason(behind: error))")
    }
  }

  /// What AWS's sentence leaves out, as the server noted it for whoever runs it.
  private func reason(behind failure: AWSFailure) async -> String {
    guard let server = admins.server(.awsAPI) else { return "" }
    let events = (try? await server.events(timeout: .seconds(2))) ?? []
    let refusal = events.last {
      $0["outcome"] == .string(failure.code) && CallOrigin.of($0) == .stack
    }
    guard let reason = refusal?["reason"]?.string, reason.bytes != failure.message.bytes else {
      return ""
    }
    return " (\(reason))"
  }

  private func applyRoles(_ report: inout SeedReport) async throws {
    let order = SeedRoleOrder(seed.aws.roles)
    var closed: [SeedRoleApplier] = []
    for role in order.roles {
      let applier = SeedRoleApplier(role: role, aws: aws)
      let isNew = order.circular.contains(role.name.bytes) ? try await !applier.exists() : false
      if isNew { closed.append(applier) }
      let outcome = try await applier.apply(trust: isNew ? SeedRoleOrder.closedTrust : nil)
      report.add("role \(role.name)", outcome)
    }
    for applier in closed { try await applier.openTrust() }
  }

  private func applyProvider(_ node: SeedNode, _ report: inout SeedReport) async throws {
    let provider = node.value
    let url = provider["Url"]?.string ?? ""
    var parameters = [("Url", url)]
    for name in ["ClientIDList", "ThumbprintList"] {
      for (index, value) in (provider[name]?.strings ?? []).enumerated() {
        parameters.append(("\(name).member.\(index + 1)", value))
      }
    }
    let title = "identity provider \(url)"
    let create = parameters
    func make() async throws {
      _ = try await attempt(title, node.place) { () throws(AWSFailure) in
        try await aws.iam("CreateOpenIDConnectProvider", create)
      }
    }
    let host = url.bytes.without(prefix: "https://").map(String.init) ?? url
    let key = [
      (
        "OpenIDConnectProviderArn",
        "arn:aws:iam::\(stack.account):oidc-provider/\(host)"
      )
    ]
    // Any other failure tells nothing of whether it is there.
    let there = try await attempt(title, node.place) { () throws(AWSFailure) in
      try await aws.iamIfThere("GetOpenIDConnectProvider", key)
    }
    guard let found = there else {
      try await make()
      return report.add(title, .created)
    }
    let isSame = ["ClientIDList", "ThumbprintList"].allSatisfy { name in
      guard let wanted = provider[name]?.strings else { return true }
      let there = found.first(name).map { XMLReader($0).all("member") } ?? []
      return there.map(\.bytes) == wanted.map(\.bytes)
    }
    guard !isSame else { return report.add(title, .unchanged) }
    // What a provider takes is changed by making it anew: nothing hangs on it but its ARN.
    _ = try await attempt(title, node.place) { () throws(AWSFailure) in
      try await aws.iam("DeleteOpenIDConnectProvider", key)
    }
    try await make()
    report.add(title, .updated)
  }

  private func applyAssociation(_ node: SeedNode, _ report: inout SeedReport) async throws {
    let association = node.value
    let cluster = association["clusterName"]?.string ?? stack.cluster
    let account = AccountName(
      namespace: association["namespace"]?.string ?? "",
      name: association["serviceAccount"]?.string ?? "")
    let title = "association \(account.text)"
    var body = association.object ?? [:]
    body["clusterName"] = nil
    let wanted = body
    let list = try await attempt(title, node.place) { () throws(AWSFailure) in
      try await aws.rest("eks", "GET", EKSPath.association(of: account, in: cluster))
    }
    guard let id = list["associations"]?[0]?["associationId"]?.string else {
      _ = try await attempt(title, node.place) { () throws(AWSFailure) in
        try await aws.rest("eks", "POST", EKSPath.associations(in: cluster), .object(wanted))
      }
      report.add(title, .created)
      return
    }
    let found = try await attempt(title, node.place) { () throws(AWSFailure) in
      try await aws.rest("eks", "GET", EKSPath.association(id, in: cluster))
    }
    var change = JSONObject()
    for name in ["roleArn", "targetRoleArn", "disableSessionTags", "policy"] {
      if let value = wanted[name], found.at("association", name) != value { change[name] = value }
    }
    let areTagsNew = try await applyTags(
      wanted["tags"], of: found["association"], title, node.place)
    if !change.isEmpty {
      let changes = change
      _ = try await attempt(title, node.place) { () throws(AWSFailure) in
        try await aws.rest("eks", "POST", EKSPath.association(id, in: cluster), .object(changes))
      }
    }
    report.add(title, change.isEmpty && !areTagsNew ? .unchanged : .updated)
  }

  /// Gives an association the tags of the seed, if it says any; whether that changed something.
  private func applyTags(
    _ wanted: JSON?, of association: JSON?, _ title: String, _ place: String
  ) async throws -> Bool {
    guard let wanted = wanted?.object, let arn = association?["associationArn"]?.string else {
      return false
    }
    let there = association?["tags"]?.object ?? [:]
    let new = wanted.filter { there[$0.name] != $0.value }
    let gone = there.names.filter { wanted[$0] == nil }
    let path = EKSPath.tags(of: arn)
    if !new.isEmpty {
      let tags = JSON.object(new.reduce(into: JSONObject()) { $0[$1.name] = $1.value })
      _ = try await attempt(title, place) { () throws(AWSFailure) in
        try await aws.rest("eks", "POST", path, ["tags": tags])
      }
    }
    if !gone.isEmpty {
      let query = gone.map { "tagKeys=\(PercentEncoding.encode($0))" }.joined(separator: "&")
      _ = try await attempt(title, place) { () throws(AWSFailure) in
        try await aws.rest("eks", "DELETE", "\(path)?\(query)")
      }
    }
    return !new.isEmpty || !gone.isEmpty
  }

  private func applyObjects(_ report: inout SeedReport) async throws {
    for bucket in seed.buckets {
      let title = "bucket \(bucket)"
      let place = "\(seed.path)/s3/\(bucket)"
      let outcome = try await attempt(title, place) { () throws(AWSFailure) in
        try await objects.makeBucket(bucket)
      }
      report.add(title, outcome)
    }
    for object in seed.objects {
      let bytes = try SafeFile.read(object.path, limit: 64 << 20)
      let title = "object s3://\(object.bucket)/\(object.key)"
      let outcome = try await attempt(title, object.path) { () throws(AWSFailure) in
        try await objects.put(bytes, bucket: object.bucket, key: object.key)
      }
      report.add(title, outcome)
    }
  }

  private func applyManifest(_ manifest: SeedManifest, _ report: inout SeedReport) async throws {
    do throws(KubernetesError) {
      report.add(manifest.title, try await manifest.apply(to: kubernetes))
    } catch { throw CommandFailure("\(manifest.place): \(manifest.title): \(error)") }
  }

  /// Waits a moment until annotated accounts have their associations, so that the first pod finds
  /// one; a role that is refused shows in `podid explain`.
  private func waitForAnnotations() async {
    let accounts = seed.manifests.filter(\.hasRoleAnnotation).map {
      AccountName(namespace: $0.namespace, name: $0.name)
    }
    // Each by itself: one whose role is refused never has an association.
    for account in accounts where !(await hasAssociation(account)) {
      let follower = AnnotationFollower(admins: admins, accounts: [account])
      for await _ in follower.looks(within: patience) {
        if await hasAssociation(account) { break }
      }
    }
  }

  private func hasAssociation(_ account: AccountName) async -> Bool {
    let list = try? await aws.rest(
      "eks", "GET", EKSPath.association(of: account, in: stack.cluster))
    return !(list?["associations"]?.array ?? []).isEmpty
  }
}

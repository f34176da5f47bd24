import JSON
import KubernetesClient
import Platform

/// Applies a seed through the public APIs; a thing that is there already is changed or left.
struct SeedApplier: Sendable {
  let seed: SeedFolder
  let kubernetes: KubernetesClient
  let aws: AWSClient
  let stack: StackInfo
  let admins: [AdminClient]

  /// Applies everything: AWS first, so that pods are mutated when they are made.
  func apply(into report: inout SeedReport) async throws {
    let faults = try await SeedFaults.place(seed.faults, at: admins, path: seed.path)
    for cluster in seed.aws.clusters {
      do throws(AWSFailure) {
        _ = try await aws.rest("eks", "GET", EKSPath.cluster(cluster))
      } catch {
        throw CommandFailure(
          "the seed's cluster \(cluster) is none that aws-api was started with (\(error))")
      }
      report.add("cluster \(cluster)", .unchanged)
    }
    for role in seed.aws.roles { try await applyRole(role, &report) }
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
    _ what: String, _ body: () async throws(AWSFailure) -> Result
  ) async throws(CommandFailure) -> Result {
    do throws(AWSFailure) { return try await body() } catch {
      throw CommandFailure("\(seed.path): \(what): \(error)")
    }
  }

  private func applyRole(_ role: SeedAWS.Role, _ report: inout SeedReport) async throws {
    let title = "role \(role.name)"
    var outcome = SeedOutcome.unchanged
    let found: XMLReader?
    do throws(AWSFailure) { found = try await aws.iam("GetRole", [("RoleName", role.name)]) } catch
    {
      guard error.code == "NoSuchEntity" else { throw CommandFailure("\(title): \(error)") }
      found = nil
    }
    if let found {
      let trust = found.first("AssumeRolePolicyDocument").flatMap(PolicyText.json)
      if trust != role.trust {
        _ = try await attempt(title) { () throws(AWSFailure) in
          try await aws.iam(
            "UpdateAssumeRolePolicy",
            [("RoleName", role.name), ("PolicyDocument", role.trust.text())])
        }
        outcome = .updated
      }
    } else {
      var parameters = [
        ("RoleName", role.name), ("AssumeRolePolicyDocument", role.trust.text()),
      ]
      for name in ["Path", "Description"] {
        if let value = role.json[name]?.string { parameters.append((name, value)) }
      }
      if let seconds = role.json["MaxSessionDuration"]?.integer {
        parameters.append(("MaxSessionDuration", "\(seconds)"))
      }
      for (index, tag) in (role.json["Tags"]?.array ?? []).enumerated() {
        for member in ["Key", "Value"] {
          parameters.append(("Tags.member.\(index + 1).\(member)", tag[member]?.string ?? ""))
        }
      }
      let sent = parameters
      _ = try await attempt(title) { () throws(AWSFailure) in
        try await aws.iam("CreateRole", sent)
      }
      outcome = .created
    }
    for policy in role.policies where try await applyPolicy(policy, of: role.name) {
      if outcome == .unchanged { outcome = .updated }
    }
    report.add(title, outcome)
  }

  /// Puts an inline policy; true where that changed something.
  private func applyPolicy(
    _ policy: (name: String, document: JSON), of role: String
  ) async throws -> Bool {
    let key = [("RoleName", role), ("PolicyName", policy.name)]
    if let found = try? await aws.iam("GetRolePolicy", key),
      found.first("PolicyDocument").flatMap(PolicyText.json) == policy.document
    {
      return false
    }
    _ = try await attempt("policy \(policy.name) of \(role)") { () throws(AWSFailure) in
      try await aws.iam("PutRolePolicy", key + [("PolicyDocument", policy.document.text())])
    }
    return true
  }

  private func applyProvider(_ provider: JSON, _ report: inout SeedReport) async throws {
    let url = provider["Url"]?.string ?? ""
    var parameters = [("Url", url)]
    for name in ["ClientIDList", "ThumbprintList"] {
      for (index, value) in (provider[name]?.strings ?? []).enumerated() {
        parameters.append(("\(name).member.\(index + 1)", value))
      }
    }
    do throws(AWSFailure) {
      _ = try await aws.iam("CreateOpenIDConnectProvider", parameters)
      report.add("identity provider \(url)", .created)
    } catch {
      guard error.code == "EntityAlreadyExists" else {
        throw CommandFailure("identity provider \(url): \(error)")
      }
      report.add("identity provider \(url)", .unchanged)
    }
  }

  private func applyAssociation(_ association: JSON, _ report: inout SeedReport) async throws {
    let cluster = association["clusterName"]?.string ?? stack.cluster
    let account = AccountName(
      namespace: association["namespace"]?.string ?? "",
      name: association["serviceAccount"]?.string ?? "")
    let title = "association \(account.text)"
    var body = association.object ?? [:]
    body["clusterName"] = nil
    let wanted = body
    let list = try await attempt(title) { () throws(AWSFailure) in
      try await aws.rest("eks", "GET", EKSPath.association(of: account, in: cluster))
    }
    guard let id = list["associations"]?[0]?["associationId"]?.string else {
      _ = try await attempt(title) { () throws(AWSFailure) in
        try await aws.rest("eks", "POST", EKSPath.associations(in: cluster), .object(wanted))
      }
      report.add(title, .created)
      return
    }
    let found = try await attempt(title) { () throws(AWSFailure) in
      try await aws.rest("eks", "GET", EKSPath.association(id, in: cluster))
    }
    var change = JSONObject()
    for name in ["roleArn", "targetRoleArn", "disableSessionTags", "policy"] {
      if let value = wanted[name], found.at("association", name) != value { change[name] = value }
    }
    guard !change.isEmpty else { return report.add(title, .unchanged) }
    let changes = change
    _ = try await attempt(title) { () throws(AWSFailure) in
      try await aws.rest("eks", "POST", EKSPath.association(id, in: cluster), .object(changes))
    }
    report.add(title, .updated)
  }

  private func applyObjects(_ report: inout SeedReport) async throws {
    for bucket in seed.buckets {
      let title = "bucket \(bucket)"
      let outcome = try await attempt(title) { () throws(AWSFailure) in
        try await aws.makeBucket(bucket)
      }
      report.add(title, outcome)
    }
    for object in seed.objects {
      let bytes = try SafeFile.read(object.path, limit: 64 << 20)
      let title = "object s3://\(object.bucket)/\(object.key)"
      let outcome = try await attempt(title) { () throws(AWSFailure) in
        try await aws.putObject(bytes, bucket: object.bucket, key: object.key)
      }
      report.add(title, outcome)
    }
  }

  private func applyManifest(_ manifest: SeedManifest, _ report: inout SeedReport) async throws {
    let path = manifest.objectPath
    do throws(KubernetesError) {
      let before: JSON
      do throws(KubernetesError) { before = try await kubernetes.get(path) } catch {
        guard error.code == 404 else { throw error }
        _ = try await kubernetes.create(manifest.path, manifest.object)
        return report.add(manifest.title, .created)
      }
      let after = try await kubernetes.send(
        "PATCH", path, body: manifest.object,
        contentType: "application/strategic-merge-patch+json")
      let isSame =
        before.at("metadata", "resourceVersion") == after.at("metadata", "resourceVersion")
      report.add(manifest.title, isSame ? .unchanged : .updated)
    } catch { throw CommandFailure("\(seed.path): \(manifest.title): \(error)") }
  }

  /// Waits a moment until annotated accounts have their associations, so that the first pod finds
  /// one; a role that is refused shows in `podid explain`.
  private func waitForAnnotations() async {
    let key = "pod-identity.eks.amazonaws.com/role"
    let accounts = seed.manifests.filter {
      $0.kind == "ServiceAccount" && $0.object.at("metadata", "annotations", key) != nil
    }
    for manifest in accounts {
      let account = AccountName(namespace: manifest.namespace, name: manifest.name)
      for _ in 0..<100 {
        let list = try? await aws.rest(
          "eks", "GET", EKSPath.association(of: account, in: stack.cluster))
        if !(list?["associations"]?.array ?? []).isEmpty { break }
        try? await Task.sleep(for: .milliseconds(10))
      }
    }
  }
}

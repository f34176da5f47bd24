import AWSDoor

/// Counts what is in the account, beside AWS's default quotas.
struct GetAccountSummary: QueryOperation {
  let name = "GetAccountSummary"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    try call.authorize("iam:GetAccountSummary", on: "*")
    let store = call.store
    var summary = Self.notHere + Self.quotas
    summary += [
      ("Roles", store.roles().count), ("Providers", store.providers.count),
      // The root of this account always has one.
      ("AccountAccessKeysPresent", 1),
    ]
    return [
      "SummaryMap": .structure(
        summary.map { ("entry", ["key": .text($0.0), "value": .text("\($0.1)")]) })
    ]
  }

  /// What there is none of here.
  private static let notHere = [
    "Users", "Groups", "Policies", "PolicyVersionsInUse", "InstanceProfiles", "ServerCertificates",
    "MFADevices", "MFADevicesInUse", "AccountMFAEnabled", "AccountPasswordPresent",
    "AccountSigningCertificatesPresent",
  ].map { ($0, 0) }

  /// The defaults of an account (IAM user guide, "IAM and AWS STS quotas").
  private static let quotas = [
    ("UsersQuota", 5000), ("GroupsQuota", 300), ("RolesQuota", 1000), ("PoliciesQuota", 1500),
    ("InstanceProfilesQuota", 1000), ("ServerCertificatesQuota", 20), ("GroupsPerUserQuota", 10),
    ("AccessKeysPerUserQuota", 2), ("SigningCertificatesPerUserQuota", 2),
    ("AttachedPoliciesPerUserQuota", 10), ("AttachedPoliciesPerGroupQuota", 10),
    ("AttachedPoliciesPerRoleQuota", 10), ("VersionsPerPolicyQuota", 5),
    ("PolicyVersionsInUseQuota", 10_000), ("PolicySizeQuota", 6144),
    ("AssumeRolePolicySizeQuota", 2048), ("RolePolicySizeQuota", RoleStore.policiesSize),
    ("UserPolicySizeQuota", 2048), ("GroupPolicySizeQuota", 5120),
    ("GlobalEndpointTokenVersion", 1),
  ]
}

import JSON

/// For whom a node may ask tokens (upstream's ServiceAccountNodeAudienceRestriction, on since 1.32:
/// `validateNodeServiceAccountAudience` of its NodeRestriction plugin).
extension NodeIdentity {
  /// Refuses audiences that no volume of the pod projects a token for; the API server's own is named
  /// by none, there as here.
  func checkAudience(
    _ audiences: [String], of pod: JSON, account: String
  ) throws(StatusError) {
    guard audiences.count <= 1 else {
      throw .forbidden(.serviceAccounts, account, "node may only request 0 or 1 audiences")
    }
    let wanted = audiences.first ?? ""
    let isProjected = (pod.at("spec", "volumes")?.array ?? []).contains { volume in
      (volume.at("projected", "sources")?.array ?? []).contains { source in
        guard let token = source["serviceAccountToken"], !token.isNull else { return false }
        return (token["audience"]?.string ?? "").bytes == wanted.bytes
      }
    }
    guard isProjected else {
      throw .forbidden(
        .serviceAccounts, account,
        "audience \(GoText.quoted(wanted)) not found in pod spec volume, system:node:\(name) is not "
          + "authorized to request tokens for this audience")
    }
  }
}

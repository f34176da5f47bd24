import AWSClient
import CommandCore
package import JSON

/// The association, and what stands in its place.
extension Explainer {
  /// The account's association.
  package mutating func association(_ object: JSON) async throws(ExplainStop) -> JSON {
    var there: JSON?
    do throws(AWSFailure) { there = try await lookup.association() } catch {
      throw ExplainStop("association", error)
    }
    if there == nil {
      try await checkIsComing(object, isFirst: true)
      // What was mended just now takes the annotation's controller a moment.
      let follower = AnnotationFollower(admins: admins, accounts: [account])
      for await _ in follower.looks(within: .seconds(4)) {
        there = try? await lookup.association()
        if there != nil { break }
        try await checkIsComing(object, isFirst: false)
      }
    }
    guard let found = there else {
      throw ExplainStop(
        "association", "the association of the annotation is not made, and nobody says why",
        mend: .podid("events --service-account \(account.text)"))
    }
    // Whoever asked the EKS API for it: a person, Terraform, a seed; it does not tell which.
    let isOwned = found["ownerArn"]?.string != nil
    let arn = found["roleArn"]?.string ?? ""
    good(
      "association",
      "\(found["associationId"]?.string ?? "") -> \(arn)"
        + (isOwned ? " (kept by the annotation)" : ""))
    if !isOwned, let annotated = Self.annotatedRole(object), annotated.bytes != arn.bytes {
      warn(
        "association",
        "the annotation names \(annotated), and an association that it did not make wins; the "
          + "command lets it name the annotation's role",
        mend: mend.update(found, "--role-arn", annotated))
    }
    if let role = object.at("metadata", "annotations", "eks.amazonaws.com/role-arn")?.string {
      warn(
        "service account",
        "it also has IRSA's annotation (\(role)), which counts for nothing while there is an "
          + "association",
        mend: .kubectl("annotate serviceaccount \(mend.here) eks.amazonaws.com/role-arn-"))
    }
    return found
  }

  /// Stops for an account that has none, unless one must be on its way.
  private func checkIsComing(_ object: JSON, isFirst: Bool) async throws(ExplainStop) {
    let stop: ExplainStop?
    do throws(AWSFailure) { stop = try await missing(object, isFirst: isFirst) } catch {
      throw ExplainStop("association", error)
    }
    if let stop { throw stop }
  }

  /// The stop for an account that has none; nil where one must be on its way.
  private func missing(
    _ object: JSON, isFirst: Bool
  ) async throws(AWSFailure) -> ExplainStop? {
    if let role = Self.annotatedRole(object) {
      return try await AnnotationCause(explainer: self, role: role).stop(isFirst: isFirst)
    }
    return try await AbsenceCause(explainer: self).stop(object)
  }
}

/// Why an annotation has no association.
struct AnnotationCause {
  let explainer: Explainer
  /// What the annotation says.
  let role: String

  private var mend: AccountMend { explainer.mend }

  /// The stop; nil where the association must be on its way.
  func stop(isFirst: Bool) async throws(AWSFailure) -> ExplainStop? {
    let own = "arn:aws:iam::\(explainer.stack.account):role/"
    let name = RoleLookup.pathAndName(role).name
    let found = try await RoleLookup.find(name: name, aws: explainer.aws)
    guard role.bytes.hasPrefix("arn:aws"), role.bytes.contains(":iam::"),
      role.bytes.contains(":role/")
    else {
      return stop(
        "is \"\(role)\", which is not the ARN of a role", found, else: own + name,
        isNew: found == nil)
    }
    guard role.bytes.hasPrefix(own.bytes) else {
      return stop(
        "names \(role), a role of another account or partition than \(explainer.stack.account)",
        found, else: own + name, isNew: found == nil)
    }
    guard let found else {
      let all = try await RoleLookup.all(explainer.aws).map(\.arn)
      if let near = Spelling.nearest(role, among: all) {
        return stop("names \(role), which does not exist; \(near) does", else: near)
      }
      return ExplainStop(
        "association", "\(role) of the annotation does not exist", mend: Mend.createRole(role))
    }
    guard found.arn.bytes == role.bytes else {
      return stop("names \(role), but the role's ARN is \(found.arn), with its path", found)
    }
    guard RoleLookup.isAssociable(found.trustJSON) else {
      let repair = explainer.trustRepair(
        found, PodKeys(account: explainer.account, stack: explainer.stack, now: explainer.now))
      let outcome = repair.mended(found.trustJSON)
      let reason = await explainer.lookup.refusal() ?? "EKS refuses the role"
      return ExplainStop(
        "association",
        "\(reason) \(found.name) must let pods.eks.amazonaws.com do sts:AssumeRole and "
          + "sts:TagSession; the new policy \(outcome.changes.joined(separator: " and "))",
        mend: Mend.trust(of: found.name, outcome))
    }
    // Where the annotation is served, admission heeds it before there is any association.
    if isFirst, let pod = try? await explainer.dryRunPod(), !ObjectState.hasIdentity(pod) {
      return ExplainStop(
        "association",
        "the annotation is not served by this cluster (--annotation-associations off), as EKS "
          + "serves none; the account needs an association",
        mend: mend.associate(role))
    }
    return nil
  }

  /// The stop where the annotation is to name the role that was found, another, or a new one.
  private func stop(
    _ text: String, _ found: RoleLookup? = nil, else arn: String = "", isNew: Bool = false
  ) -> ExplainStop {
    let likely = found?.arn ?? arn
    return ExplainStop(
      "association", "the annotation \(AssociationLookup.annotation) \(text)",
      mend: .all(isNew ? Mend.createRole(likely) : nil, mend.annotate(likely)))
  }
}

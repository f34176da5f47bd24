import AWSDoor
import JSON
import Platform
import PodIdentity

/// The wire forms of an association.
extension RoleAssociation {
  /// `{"association": {...}}`, with all that EKS tells.
  func answer(in account: AWSAccount) -> JSON {
    var object = commonMembers(in: account)
    object["roleArn"] = .string(roleARN)
    object["tags"] = tags.json
    object["createdAt"] = created.epochMilliseconds
    object["modifiedAt"] = modified.epochMilliseconds
    object["disableSessionTags"] = .bool(disablesSessionTags)
    object["targetRoleArn"] = targetRoleARN.map(JSON.string)
    object["externalId"] = externalID(in: account).map(JSON.string)
    object["policy"] = policy.map(JSON.string)
    return ["association": .object(object)]
  }

  /// An entry of a list.
  func summary(in account: AWSAccount) -> JSON { .object(commonMembers(in: account)) }

  private func commonMembers(in account: AWSAccount) -> JSONObject {
    var object: JSONObject = [
      "clusterName": .string(workload.cluster), "namespace": .string(workload.namespace),
      "serviceAccount": .string(workload.serviceAccount),
      "associationArn": .string(arn(in: account)), "associationId": .string(id),
    ]
    object["ownerArn"] = ownerARN.map(JSON.string)
    return object
  }
}

extension Instant {
  /// Epoch seconds as a JSON number with milliseconds, such as `1700862734.922`.
  var epochMilliseconds: JSON {
    let thousandths = nanoseconds / 1_000_000
    let fraction = String(1000 + thousandths % 1000).dropFirst()
    return .number("\(thousandths / 1000).\(fraction)")
  }
}

import IAMPolicy
import JSON

/// A role with its policies, as IAM answers.
struct RoleLookup: Sendable {
  let name: String
  let arn: String
  let trust: PolicyDocument
  let policies: [NamedPolicy]

  /// Reads a role by its ARN; nil where there is none of that name and path.
  static func find(arn: String, aws: AWSClient) async throws(AWSFailure) -> RoleLookup? {
    let name = arn.split(separator: "/").last.map(String.init) ?? ""
    let role: XMLReader
    do throws(AWSFailure) { role = try await aws.iam("GetRole", [("RoleName", name)]) } catch {
      guard error.code == "NoSuchEntity" || error.code == "ValidationError" else { throw error }
      return nil
    }
    guard role.first("Arn") == arn,
      let trust = role.first("AssumeRolePolicyDocument").flatMap(PolicyText.json),
      let document = try? PolicyDocument(json: trust, kind: .trust)
    else { return nil }
    var policies: [NamedPolicy] = []
    for policy in try await aws.iam("ListRolePolicies", [("RoleName", name)]).all("member") {
      let found = try await aws.iam(
        "GetRolePolicy", [("RoleName", name), ("PolicyName", policy)])
      guard let json = found.first("PolicyDocument").flatMap(PolicyText.json),
        let document = try? PolicyDocument(json: json, kind: .inline)
      else { continue }
      policies.append(NamedPolicy(name: policy, document: document))
    }
    return RoleLookup(name: name, arn: arn, trust: document, policies: policies)
  }
}

/// The condition keys of a pod's session.
enum PodKeys {
  /// The six session tags.
  static func tags(
    _ account: AccountName, pod: String, uid: String, stack: StackInfo
  ) -> [(String, String)] {
    [
      ("eks-cluster-arn", clusterARN(stack)), ("eks-cluster-name", stack.cluster),
      ("kubernetes-namespace", account.namespace), ("kubernetes-service-account", account.name),
      ("kubernetes-pod-name", pod), ("kubernetes-pod-uid", uid),
    ]
  }

  /// The keys with which the service assumes the role.
  static func service(_ tags: [(String, String)], stack: StackInfo) -> PolicyContext {
    var keys: PolicyContext = [
      "aws:SourceArn": [clusterARN(stack)], "aws:SourceAccount": [stack.account],
      "aws:PrincipalIsAWSService": ["true"],
      "aws:PrincipalServiceName": ["pods.eks.amazonaws.com"],
      "sts:RoleSessionName": ["eks-\(stack.cluster)-"],
    ]
    for (key, value) in tags { keys["aws:RequestTag/\(key)"] = [value] }
    if !tags.isEmpty {
      keys["aws:TagKeys"] = tags.map(\.0)
      keys["sts:TransitiveTagKeys"] = tags.map(\.0)
    }
    return keys
  }

  private static func clusterARN(_ stack: StackInfo) -> String {
    "arn:aws:eks:\(stack.region):\(stack.account):cluster/\(stack.cluster)"
  }
}

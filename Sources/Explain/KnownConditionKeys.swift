import JSON

/// Condition keys that AWS has and requests of Pod Identity do not: a policy that names one is not
/// misspelt (IAM user guide, "AWS global condition context keys" and "IAM and STS condition keys").
enum KnownConditionKeys {
  private static let names: Set<ByteText> = [
    "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:chatbotsourcearn",
    "aws:ec2instancesourceprivateipv4", "aws:ec2instancesourcevpc", "aws:federatedprovider",
    "aws:multifactorauthage", "aws:multifactorauthpresent", "aws:principalarn",
    "aws:principalorgid", "aws:principalorgpaths", "aws:principaltype", "aws:referer",
    "aws:resourceorgid", "aws:resourceorgpaths", "aws:sourceaccount", "aws:sourcearn",
    "aws:sourceidentity", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths",
    "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:tokenissuetime", "aws:useragent",
    "aws:userid", "aws:username", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
    "aws:vpcsourceip", "sts:awsservicename", "sts:durationseconds", "sts:externalid",
    "sts:requestcontext/contextproviders", "sts:requestcontextproviders", "sts:sourceidentity",
    "sts:taskpolicyarn", "iam:permissionsboundary", "ec2:rolearn", "ec2:sourceinstancearn",
  ]

  /// Whether a key is one of AWS's.
  static func contain(_ key: String) -> Bool { names.contains(key.bytes.asciiLowercased) }

  /// Whether a key is one of the six tags that Pod Identity gives a session.
  static func isOfSessionTag(_ key: String) -> Bool {
    let key = key.bytes.asciiLowercased
    return ["eks-cluster-", "kubernetes-"].contains { key.hasPrefix("aws:requesttag/\($0)".bytes) }
  }

  /// Whether a key is about an organization, which no account has here.
  static func isOfOrganization(_ key: String) -> Bool {
    let key = key.bytes.asciiLowercased
    return key.hasPrefix("aws:") && (key.hasSuffix("orgid") || key.hasSuffix("orgpaths"))
  }
}

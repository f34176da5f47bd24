import AWSDoor
import HTTP
import JSON
import Platform
import PodIdentity

/// Shows what is known of a cluster: its issuer, its address and the authority of that address.
struct DescribeCluster: RESTOperation {
  let name = "DescribeCluster"
  let method = "GET"
  let path = "/clusters/{name}"
  let clusters: [Cluster]

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let account = call.account
    try call.authorize(name.action, on: account.clusterARN(call.arguments[0]))
    let cluster = try call.cluster(among: clusters)
    var object: JSONObject = [
      "name": .string(cluster.name), "arn": .string(account.clusterARN(cluster.name)),
      // Terraform's provider stops with a panic where this member is missing.
      "createdAt": call.store.created.epochMilliseconds,
      "endpoint": .string(Self.origin(of: cluster.jwksURL ?? cluster.issuer)),
      "identity": ["oidc": ["issuer": .string(cluster.issuer)]],
      "status": "ACTIVE", "tags": [:],
    ]
    if let file = cluster.authorityFile, let pem = try? SafeFile.read(file, limit: 1 << 20) {
      object["certificateAuthority"] = ["data": .string(Base64.encode(pem))]
    }
    return ["cluster": .object(object)]
  }

  /// Scheme and authority of a URL.
  private static func origin(of url: String) -> String {
    let parts = url.bytes.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.prefix(3).joined(separator: "/")
  }
}

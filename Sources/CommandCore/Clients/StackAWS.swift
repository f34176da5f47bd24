package import AWSClient
package import AWSWire
import AdminAPI
package import HTTP
package import Platform

/// The AWS APIs of a stack.
extension AWSClient {
  /// EKS, EKS Auth, STS and IAM, with the root's keys or with others.
  package init(
    _ stack: StackInfo, credentials: AWSCredentials? = nil, loops: EventLoops,
    clock: any WallClock
  ) throws(CommandFailure) {
    try self.init(stack, at: stack.awsURL, credentials, loops, clock)
  }

  /// S3, with the root's keys.
  init(s3Of stack: StackInfo, loops: EventLoops, clock: any WallClock) throws(CommandFailure) {
    try self.init(stack, at: stack.s3URL, nil, loops, clock)
  }

  private init(
    _ stack: StackInfo, at url: String, _ credentials: AWSCredentials?, _ loops: EventLoops,
    _ clock: any WallClock
  ) throws(CommandFailure) {
    guard let endpoint = HTTPURL(url) else {
      throw CommandFailure("\(stack.path) names no AWS endpoint")
    }
    let root = AWSCredentials(
      accessKeyID: stack.accessKeyID, secretAccessKey: stack.secretAccessKey)
    self.init(
      http: HTTPClient(loops: loops, bodyLimit: 64 << 20), endpoint: endpoint,
      region: stack.region, key: .fixed(credentials ?? root), clock: clock,
      mark: StackMark(adminToken: stack.adminToken).put)
  }
}

extension EKSPath {
  /// The association of an account, as a list of one or none.
  package static func association(of account: AccountName, in cluster: String) -> String {
    association(ofNamespace: account.namespace, account: account.name, in: cluster)
  }
}

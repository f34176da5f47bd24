// The room of what all programs of a stack say alike: what a stack is called, where it listens, and
// what its names look like. It knows no wire, no store and no server.

package import Platform

/// What a stack is where nobody says otherwise; the servers' tables and podid read it here.
package enum StackDefaults {
  package static let cluster = "local"
  package static let region = "us-east-1"
  /// The account number of AWS's documentation.
  package static let account = "111122223333"
  package static let node = "local-node"

  /// Where kubernetes-api listens, with TLS.
  package static let kubernetes = loopback(4576)
  package static let kubernetesAdmin = loopback(4581)
  /// Where EKS Auth, EKS, STS and IAM listen.
  package static let aws = loopback(4577)
  package static let awsAdmin = loopback(4582)
  package static let s3 = loopback(4578)
  /// Where the agent's credentials endpoint listens.
  package static let agent = loopback(4580)
  package static let agentAdmin = loopback(4583)
  /// The port of AWS's agent, as that of the metrics.
  package static let probe = loopback(2703)
  package static let metrics = loopback(2705)

  private static func loopback(_ port: UInt16) -> HostPort {
    HostPort(host: "127.0.0.1", port: port)
  }
}

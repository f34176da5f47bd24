// The room of the program aws-api: it composes the services, their stores and listeners. It holds no
// operation, and knows neither Kubernetes objects nor the node agent.

package import AWSDoor
import EKS
package import EKSAuth
import IAM
package import S3
import STS

/// The services of this program, and what those work with that need more than the door's context.
package struct Services: Sendable {
  private let clusters: [Cluster]
  private let exchange: CredentialExchange
  private let buckets: BucketFolder

  /// Services that work with these.
  package init(clusters: [Cluster], exchange: CredentialExchange, buckets: BucketFolder) {
    self.clusters = clusters
    self.exchange = exchange
    self.buckets = buckets
  }

  /// A service, and how it is served.
  private typealias Row = (service: AWSService, served: @Sendable (Services) -> ServedService)

  /// The table, in the order in which services are told.
  ///
  /// Of an error that several have, a fault that names no operation takes the first. Of several that
  /// an unsigned request looks meant for, it is the last.
  private static let table: [Row] = [
    (.sts, { _ in .sts }), (.iam, { _ in .iam }), (.eks, { .eks(clusters: $0.clusters) }),
    (.eksAuth, { .eksAuth($0.exchange) }), (.s3, { .s3(buckets: $0.buckets) }),
  ]

  /// What is known of each service before there is anything that it works with.
  package static let all: [AWSService] = table.map(\.service)

  /// The services as an endpoint answers for them.
  package var served: [ServedService] { Self.table.map { $0.served(self) } }

  /// S3 alone.
  package var storage: ServedService { .s3(buckets: buckets) }
}

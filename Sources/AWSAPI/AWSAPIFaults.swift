import AWSDoor
import AWSWire
package import AdminAPI
import JSON
import PodIdentity

/// What can be made to fail here.
package enum AWSAPIFaults {
  /// The operations of all services, and what EKS Auth can do besides.
  package static let catalogue = FaultCatalogue(
    operations: Services.all.flatMap(\.operations),
    special: ServiceFault.all.map { ($0.name, $0.operations) },
    outcomes: ErrorCodes.all
  ) { operation, code in
    let services = Services.all.filter { service in
      operation.map { service.operations.contains($0.bytes) } ?? true
    }
    return services.lazy.compactMap { $0.errors.named(code) }.first
      .map { FaultError($0.code, $0.status, $0.message) }
  }
}

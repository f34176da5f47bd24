// The room that every call to AWS passes: who signed it, whether they may, what is called.
//
// ``CallPipeline`` takes a call of any service: ``Authenticator`` (SigV4 makes of a request a
// ``Caller``), then the operation, which asks the ``Authorizer`` and the ``RoleStore``. A service says
// in its ``AWSService`` which operations there are, and by which ``WireForm`` they are called. The room
// names no service: the program hands it the list. It knows neither Kubernetes objects nor the node
// agent: of a cluster it knows name, issuer and where its keys are.

package import AWSWire
package import HTTP
package import IAMPolicy

/// What routing, signatures, policies, faults and errors know of a service.
///
/// Each is in the room of its service, such as `IAM/IAMService.swift`.
package struct AWSService: Sendable {
  /// The name that signatures are made for, such as `eks-auth`.
  package let signingName: String
  /// The names of the operations, as events and faults have them.
  package let operations: [String]
  /// What a fault can name by its code: errors of something wrong on AWS's side or with the
  /// credentials (service models, and the lists of common errors).
  package let errors: [AWSError]
  /// The condition keys that it adds to requests; none other can be set.
  package let conditionKeys: ConditionKeys
  /// What other servers of the stack may do of it.
  package let grants: [ServiceGrant]
  /// Whether a request that is not signed looks like one of this service's.
  package let isMeant: @Sendable (HTTPRequest) -> Bool

  /// A service.
  package init(
    signingName: String, operations: [String], errors: [AWSError],
    conditionKeys: ConditionKeys = [], grants: [ServiceGrant] = [],
    isMeant: @escaping @Sendable (HTTPRequest) -> Bool
  ) {
    self.signingName = signingName
    self.operations = operations
    self.errors = errors
    self.conditionKeys = conditionKeys
    self.grants = grants
    self.isMeant = isMeant
  }
}

/// A service with the form by which its operations are called: what an endpoint answers for.
package struct ServedService: Sendable {
  package let service: AWSService
  /// The protocol that it speaks, with its operations and what they work with.
  package let form: any WireForm

  /// A service that is answered by a form.
  package init(_ service: AWSService, by form: any WireForm) {
    self.service = service
    self.form = form
  }
}

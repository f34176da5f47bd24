// The room of STS, an operation a file. It knows no other service and not how calls are let in
// (AWSDoor).

package import AWSDoor
import AWSWire
import HTTP
import JSON

extension AWSService {
  /// STS, which a request without a signature is taken to be for where no other service takes it.
  package static let sts = AWSService(
    signingName: "sts", operations: QueryForm.sts.operations, errors: QueryFailure.common,
    isMeant: { _ in true })
}

extension ServedService {
  /// STS, which needs nothing of its own.
  package static let sts = ServedService(.sts, by: QueryForm.sts)
}

extension QueryForm {
  /// How STS is called.
  static let sts = QueryForm(
    "sts", version: "2011-06-15", [GetCallerIdentity()],
    unsigned: ["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"])
}

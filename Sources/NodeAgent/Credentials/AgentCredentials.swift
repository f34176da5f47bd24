import JSON
import Platform

/// Credentials of EKS Auth in the form that SDKs read.
struct AgentCredentials: Sendable {
  /// The body of the answer, keys in AWS's order.
  let body: [UInt8]
  let expires: Instant

  /// Builds the body from EKS Auth's answer; `requestID` names it where it is none.
  /// - Throws: `.answered` where a member has another type than the model's, `.local` where the two
  ///   structures are missing or the role is no ARN, `.incomplete` where other members are.
  init(_ answer: JSON, requestID: String = "") throws(UpstreamFailure) {
    let reader = MemberReader(requestID: requestID)
    let credentials = try reader.structure("credentials", of: answer)
    let role = try reader.structure("assumedRoleUser", of: answer)
    let association = try reader.structure("podIdentityAssociation", of: answer)
    let key = try reader.text("accessKeyId", of: credentials)
    let secret = try reader.text("secretAccessKey", of: credentials)
    let token = try reader.text("sessionToken", of: credentials)
    let expiration = try reader.time("expiration", of: credentials)
    let roleARN = try reader.text("arn", of: role)
    let roleID = try reader.text("assumeRoleId", of: role)
    let associationID = try reader.text("associationId", of: association)
    guard credentials != nil, role != nil else {
      throw .local(
        "error getting credentials to cache: invalid response from server: credentials or assumed "
          + "role empty")
    }
    guard let roleARN, roleID != nil else { throw .incomplete }
    let account = try Self.account(of: roleARN)
    guard let key, let secret, let token, let expiration, associationID != nil else {
      throw .incomplete
    }
    expires = expiration
    var object = JSONObject()
    for (name, value) in [
      ("AccessKeyId", key), ("SecretAccessKey", secret), ("Token", token),
      ("AccountId", account),
    ] where !value.isEmpty { object[name] = .string(value) }
    object["Expiration"] = .string(expires.rfc3339Nano)
    body = JSON.object(object).bytes([.escapedHTML])
  }

  /// The account of an ARN, whose other parts may be anything.
  private static func account(of arn: String) throws(UpstreamFailure) -> String {
    let parts = arn.bytes.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].bytes == "arn" else {
      throw .local(
        "error getting credentials to cache: unable to parse arn from assumed role: arn: "
          + (arn.bytes.hasPrefix("arn:") ? "not enough sections" : "invalid prefix"))
    }
    return String(parts[4])
  }
}

/// Members as the SDK reads them: absent and null are the same, another type spoils the whole answer.
private struct MemberReader {
  let requestID: String

  private var spoilt: UpstreamFailure {
    .answered(status: 200, requestID: requestID, code: "", message: "")
  }

  private func member(_ name: String, of structure: JSON?) -> JSON? {
    structure?[name].flatMap { $0.isNull ? nil : $0 }
  }

  func structure(_ name: String, of structure: JSON) throws(UpstreamFailure) -> JSON? {
    guard structure.object != nil || structure.isNull else { throw spoilt }
    guard let value = member(name, of: structure) else { return nil }
    guard value.object != nil else { throw spoilt }
    return value
  }

  func text(_ name: String, of structure: JSON?) throws(UpstreamFailure) -> String? {
    guard let value = member(name, of: structure) else { return nil }
    guard let text = value.string else { throw spoilt }
    return text
  }

  func time(_ name: String, of structure: JSON?) throws(UpstreamFailure) -> Instant? {
    guard let value = member(name, of: structure) else { return nil }
    guard let seconds = value.double, seconds.isFinite else { throw spoilt }
    return EpochSeconds.instant(seconds)
  }
}

/// Times in seconds since the epoch as AWS's SDK for Go reads them: to the millisecond, those that 64
/// bits of nanoseconds do not hold wrapped round (milliseconds for seconds, say, become another year).
enum EpochSeconds {
  /// The instant of so many seconds, which must be a number.
  static func instant(_ seconds: Double) -> Instant {
    let milliseconds = (seconds * 1000).rounded(.towardZero)
    let count = Int64(exactly: milliseconds) ?? (milliseconds < 0 ? .min : .max)
    return Instant(nanoseconds: count.multipliedReportingOverflow(by: 1_000_000).partialValue)
  }
}

import HTTP
import JSON
import Platform
import Testing

@testable import NodeAgent

/// Answers of EKS Auth, whole and broken: what the pod sees of them, and whether it is asked again.
@Suite struct EKSAuthAnswerTests {
  /// What becomes of an answer.
  enum Fate: Equatable {
    case credentials
    /// Status and text for the pod, and whether another try is made.
    case error(Int, String, isTriedAgain: Bool)
    case noAnswer
  }
  struct Row: CustomTestStringConvertible {
    let name: String
    var status = 200
    var type: String?
    let body: String
    var cut: HTTPClientError?
    let fate: Fate
    var testDescription: String { name }
  }

  private static let whole = AgentAnswer.usual.text()

  private static func without(_ path: String...) -> String {
    AgentAnswer.with(path, nil).text()
  }
  private static func with(_ path: String..., value: JSON) -> String {
    AgentAnswer.with(path, value).text()
  }
  private static let empty = Fate.error(
    500,
    "error getting credentials to cache: invalid response from server: credentials or assumed role "
      + "empty", isTriedAgain: false)
  private static func plain(_ status: Int, again: Bool) -> Fate {
    .error(status, "[id]", isTriedAgain: again)
  }
  private static func coded(
    _ status: Int, _ code: String, _ message: String, _ fault: String, again: Bool
  ) -> Fate {
    .error(status, "[id]: (\(code)): \(message), fault: \(fault)", isTriedAgain: again)
  }

  static let successes: [Row] = [
    Row(name: "whole", body: whole, fate: .credentials),
    Row(name: "201", status: 201, body: whole, fate: .credentials),
    Row(name: "206", status: 206, body: whole, fate: .credentials),
    Row(name: "bytes behind it", body: whole + "}trailing\u{0}", fate: .credentials),
    Row(name: "blanks in front", body: " \n\t" + whole, fate: .credentials),
    Row(name: "whole, but more was announced", body: whole, cut: .closed, fate: .credentials),
    Row(name: "whole, then silence", body: whole, cut: .timedOut, fate: .credentials),
    Row(
      name: "half a surrogate pair",
      body: with("x", value: "HERE").split(separator: "HERE").joined(separator: "\\ud800"),
      fate: .credentials),
    Row(name: "cut", body: String(whole.dropLast(5)), cut: .closed, fate: plain(200, again: true)),
    Row(
      name: "late", body: String(whole.dropLast(5)), cut: .timedOut, fate: plain(200, again: true)),
    Row(name: "too large", body: #"{"x":""#, cut: .tooLarge, fate: plain(200, again: true)),
    Row(name: "unfinished", body: String(whole.dropLast()), fate: plain(200, again: true)),
    Row(name: "nothing came", body: "", cut: .closed, fate: plain(200, again: true)),
    Row(name: "nothing late", body: "", cut: .timedOut, fate: plain(200, again: true)),
    Row(name: "empty", body: "", fate: empty), Row(name: "null", body: "null", fate: empty),
    Row(name: "204", status: 204, body: "", fate: empty), Row(name: "{}", body: "{}", fate: empty),
    Row(name: "no JSON", body: "hello", fate: plain(200, again: false)),
    Row(name: "a list", body: "[]", fate: plain(200, again: false)),
    Row(name: "a text", body: #""x""#, fate: plain(200, again: false)),
  ]
  static let members: [Row] = [
    Row(name: "no credentials", body: without("credentials"), fate: empty),
    Row(name: "null credentials", body: with("credentials", value: .null), fate: empty),
    Row(name: "no role", body: without("assumedRoleUser"), fate: empty),
    Row(name: "no association", body: without("podIdentityAssociation"), fate: .noAnswer),
    Row(name: "empty role", body: with("assumedRoleUser", value: [:]), fate: .noAnswer),
    Row(name: "empty credentials", body: with("credentials", value: [:]), fate: .noAnswer),
    Row(name: "no key", body: without("credentials", "accessKeyId"), fate: .noAnswer),
    Row(name: "null key", body: with("credentials", "accessKeyId", value: .null), fate: .noAnswer),
    Row(name: "no secret", body: without("credentials", "secretAccessKey"), fate: .noAnswer),
    Row(name: "no token", body: without("credentials", "sessionToken"), fate: .noAnswer),
    Row(name: "no expiration", body: without("credentials", "expiration"), fate: .noAnswer),
    Row(name: "no arn", body: without("assumedRoleUser", "arn"), fate: .noAnswer),
    Row(name: "no role id", body: without("assumedRoleUser", "assumeRoleId"), fate: .noAnswer),
    Row(
      name: "no association id", body: without("podIdentityAssociation", "associationId"),
      fate: .noAnswer),
    Row(
      name: "no ARN", body: with("assumedRoleUser", "arn", value: "nonsense"),
      fate: .error(
        500,
        "error getting credentials to cache: unable to parse arn from assumed role: arn: invalid "
          + "prefix", isTriedAgain: false)),
    Row(
      name: "half an ARN", body: with("assumedRoleUser", "arn", value: "arn:aws:sts"),
      fate: .error(
        500,
        "error getting credentials to cache: unable to parse arn from assumed role: arn: not enough "
          + "sections", isTriedAgain: false)),
    Row(
      name: "key: a number", body: with("credentials", "accessKeyId", value: 5),
      fate: plain(200, again: false)),
    Row(
      name: "credentials: a list", body: with("credentials", value: []),
      fate: plain(200, again: false)),
    Row(
      name: "expiration: a text", body: with("credentials", "expiration", value: "5"),
      fate: plain(200, again: false)),
  ]
  static let errors: [Row] = [
    Row(
      name: "modelled", status: 400, type: "AccessDeniedException:http", body: #"{"message":"M"}"#,
      fate: coded(400, "AccessDeniedException", "M", "client", again: false)),
    Row(
      name: "in the body", status: 404,
      body: #"{"__type":"a#ResourceNotFoundException","message":"M"}"#,
      fate: coded(404, "ResourceNotFoundException", "M", "client", again: false)),
    Row(
      name: "in small letters", status: 400, type: "invalidtokenexception", body: "{}",
      fate: coded(400, "InvalidTokenException", "", "client", again: false)),
    Row(
      name: "no code", status: 400, body: "{}",
      fate: coded(400, "UnknownError", "UnknownError", "unknown", again: false)),
    Row(
      name: "no code, a message", status: 429, body: #"{"message":"M"}"#,
      fate: coded(429, "UnknownError", "M", "unknown", again: false)),
    Row(
      name: "empty 504", status: 504, body: "",
      fate: coded(504, "UnknownError", "UnknownError", "unknown", again: true)),
    Row(
      name: "300", status: 300, body: "",
      fate: coded(300, "UnknownError", "UnknownError", "unknown", again: false)),
    Row(
      name: "101", status: 101, body: "",
      fate: coded(500, "UnknownError", "UnknownError", "unknown", again: false)),
    Row(
      name: "304", status: 304, body: "",
      fate: coded(500, "UnknownError", "UnknownError", "unknown", again: false)),
    Row(name: "HTML", status: 500, body: "<html>", fate: plain(500, again: true)),
    Row(
      name: "HTML with a code", status: 400, type: "AccessDeniedException", body: "<html>",
      fate: plain(400, again: false)),
    Row(
      name: "a list", status: 400, type: "AccessDeniedException", body: "[]",
      fate: plain(400, again: false)),
    Row(
      name: "message: a number", status: 400, type: "AccessDeniedException",
      body: #"{"message":5}"#, fate: plain(400, again: false)),
    Row(name: "cut", status: 400, body: #"{"mess"#, cut: .closed, fate: plain(400, again: true)),
    Row(name: "late", status: 503, body: #"{"mess"#, cut: .timedOut, fate: plain(503, again: true)),
  ]
  /// Which statuses and codes are tried again.
  static let retries: [Row] =
    [500, 502, 503, 504].map { status in
      Row(
        name: "\(status)", status: status, type: "X", body: "{}",
        fate: coded(status, "X", "UnknownError", "unknown", again: true))
    }
    + [400, 401, 403, 408, 409, 413, 418, 423, 425, 429, 499, 501, 505, 507, 508, 599].map {
      status in
      Row(
        name: "\(status)", status: status, type: "X", body: "{}",
        fate: coded(status, "X", "UnknownError", "unknown", again: false))
    }
    + [
      "Throttling", "TooManyRequestsException", "RequestLimitExceeded", "RequestThrottled",
      "SlowDown", "BandwidthLimitExceeded", "LimitExceededException",
      "ProvisionedThroughputExceededException", "PriorRequestNotComplete",
      "EC2ThrottledException", "TransactionInProgressException", "RequestTimeout",
      "RequestTimeoutException", "RequestTimeTooSkewed", "RequestExpired",
    ].map { code in
      Row(
        name: code, status: 400, type: code, body: "{}",
        fate: coded(400, code, "UnknownError", "unknown", again: true))
    }
    + [
      Row(
        name: "ThrottlingException as 400", status: 400, type: "ThrottlingException", body: "{}",
        fate: coded(400, "ThrottlingException", "", "client", again: true)),
      Row(
        name: "throttlingexception as 429", status: 429, type: "throttlingexception", body: "{}",
        fate: coded(429, "ThrottlingException", "", "client", again: true)),
      Row(
        name: "slowdown", status: 400, type: "slowdown", body: "{}",
        fate: coded(400, "slowdown", "UnknownError", "unknown", again: false)),
    ]

  @Test("reads answers as AWS's agent does", arguments: successes + members + errors + retries)
  func rows(row: Row) {
    var response = HTTPClientResponse(
      status: row.status, headers: ["x-amzn-RequestId": "id"], body: Array(row.body.utf8))
    if let type = row.type { response.headers["x-amzn-ErrorType"] = type }
    let fate: Fate
    do throws(UpstreamFailure) {
      _ = try EKSAuthAnswer.credentials(in: response, cut: row.cut)
      fate = .credentials
    } catch {
      let isTriedAgain = RetryQuota().pay(for: error) != nil
      fate =
        error.isFatal
        ? .noAnswer : .error(error.status, error.text, isTriedAgain: isTriedAgain)
    }
    #expect(fate == row.fate)
  }
}

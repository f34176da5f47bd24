import HTTP
import Platform

/// An answer as it came over the wire, which is checked for what a server owes every client.
struct WireAnswer {
  /// The fields that the server writes, not the handler.
  private static let framing = ["Date", "Content-Length", "Transfer-Encoding", "Connection"]

  let answer: HTTPClientResponse
  let method: String

  init(_ answer: HTTPClientResponse, method: String) {
    self.answer = answer
    self.method = method
  }

  private static func isFraming(_ name: String) -> Bool {
    framing.contains { HTTPHeaders.equal($0, name) }
  }

  /// The answer without the server's own fields.
  var exchange: TestExchange {
    var headers = HTTPHeaders()
    for field in answer.headers.fields where !Self.isFraming(field.name) {
      headers.append(field.name, field.value)
    }
    return TestExchange(
      response: HTTPResponse(status: answer.status, headers: headers, body: .bytes(answer.body)),
      length: answer.headers["Content-Length"].flatMap { Int($0) })
  }

  /// What is wrong with it; `given` is the handler's answer, nil where the server answered itself.
  func problems(given: HTTPResponse?) -> [String] {
    var problems = framingProblems()
    guard let given else { return problems }
    if given.status != answer.status { problems.append("\(given.status) became \(answer.status)") }
    let written = given.headers.fields.map { "\($0.name): \($0.value)" }
    let received = exchange.response.headers.fields.map { "\($0.name): \($0.value)" }
    if written != received { problems.append("the fields \(written) became \(received)") }
    switch given.body {
    case .bytes(let bytes) where given.hasBody(method):
      if bytes != answer.body { problems.append("the body became another") }
    case .stream(let length, _):
      if exchange.length != length { problems.append("the length \(length ?? -1) is not told") }
    default: break
    }
    return problems
  }

  private func framingProblems() -> [String] {
    var problems: [String] = []
    func count(_ name: String) -> Int { answer.headers.all(name).count }
    let dates = answer.headers.all("Date")
    if dates.count != 1 || Instant(httpDate: dates[0]) == nil { problems.append("Date: \(dates)") }
    let (lengths, codings) = (count("Content-Length"), count("Transfer-Encoding"))
    let isFramed = answer.status != 204 && answer.status != 304
    if lengths + codings != (isFramed ? 1 : 0) {
      problems.append("\(lengths) Content-Length and \(codings) Transfer-Encoding")
    }
    let response = exchange.response
    if !response.hasBody(method) {
      if !answer.body.isEmpty { problems.append("a body where there is none") }
    } else if let length = exchange.length, length != answer.body.count {
      problems.append("\(answer.body.count) bytes of \(length)")
    }
    return problems
  }
}

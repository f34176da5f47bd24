package import HTTP
import JSON
import Platform

extension Fault {
  /// The answer in place of the true one; nil where that is made, as an effect of the fault or not.
  ///
  /// A delay passes here. `render` writes an error as the operation's protocol has it.
  package func answerInstead(
    _ render: (FaultError) -> HTTPResponse
  ) async -> HTTPResponse? {
    switch action {
    case .error(let error): return render(error)
    case .status(let status): return .text(status, "A fault was set.\n")
    case .delay(let duration):
      try? await Task.sleep(for: duration)
      return nil
    case .hang: return HTTPResponse(status: 500, body: .silence)
    case .reset: return HTTPResponse(status: 500, body: .reset)
    case .restart(let duration):
      Restart.request(for: duration)
      return HTTPResponse(status: 500, body: .silence)
    case .truncate, .drip, .garbage, .special: return nil
    }
  }

  /// The true answer, spoilt as the action says.
  package func spoil(_ response: HTTPResponse) -> HTTPResponse {
    guard case .bytes(let bytes) = response.body else { return response }
    var spoilt = response
    switch action {
    case .truncate:
      // What was announced does not come, so the engine ends the connection.
      spoilt.body = .stream(length: max(bytes.count, 1)) {
        try await $0.write(Array(bytes.prefix(bytes.count / 2)))
      }
    case .drip(let duration):
      spoilt.body = .stream(length: bytes.count) { writer in
        let pieces = min(bytes.count, 100)
        for index in 0..<max(pieces, 1) {
          try await Task.sleep(for: duration / max(pieces, 1))
          let (start, end) = (bytes.count * index / pieces, bytes.count * (index + 1) / pieces)
          try await writer.write(Array(bytes[start..<end]))
        }
      }
    case .garbage: spoilt.body = .bytes(Array("<garbage>{{{ this is no answer".utf8))
    default: break
    }
    return spoilt
  }

  /// Whether it is this one, which the service carries out.
  package func isSpecial(_ fault: ServiceFault) -> Bool { action == .special(fault) }
}

extension Event {
  /// Notes a fault that the call met; a delay alone leaves the outcome as it is.
  package mutating func note(_ fault: Fault) {
    details["fault"] = .string(fault.id)
    reason = fault.reason
    if case .delay = fault.action { return }
    check = "fault"
    if case .error(let error) = fault.action { outcome = error.code } else { outcome = "fault" }
  }
}

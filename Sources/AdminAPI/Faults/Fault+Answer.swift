package import HTTP
import JSON
package import Platform
import PodIdentity

extension Fault {
  /// The answer in place of the true one; nil where that is made, as an effect of the fault or not.
  ///
  /// A delay passes here. `render` writes an error as the operation's protocol has it.
  package func answerInstead(
    _ render: (FaultError) -> HTTPResponse
  ) async -> HTTPResponse? {
    switch action.deed {
    case .pause(let duration):
      try? await Task.sleep(for: duration)
      return nil
    case .instead(let answer): return answer(render)
    case .spoil, .own: return nil
    }
  }

  /// The true answer, spoilt as the action says.
  package func spoil(_ response: HTTPResponse) -> HTTPResponse {
    guard case .spoil(let body) = action.deed, case .bytes(let bytes) = response.body else {
      return response
    }
    var spoilt = response
    spoilt.body = body(bytes)
    return spoilt
  }

  /// Whether it is the one of this name, which the service carries out.
  package func isSpecial(_ name: String) -> Bool {
    guard case .own = action.deed else { return false }
    return action.name.bytes == name.bytes
  }
}

extension Event {
  /// Whether the call met a fault.
  package var hasFault: Bool { details["fault"] != nil }

  /// Notes a fault that the call met; a delay alone leaves the outcome as it is.
  package mutating func note(_ fault: Fault) {
    details["fault"] = .string(fault.id)
    reason = fault.reason
    guard let outcome = fault.action.outcome else { return }
    check = .fault
    self.outcome = outcome
  }
}

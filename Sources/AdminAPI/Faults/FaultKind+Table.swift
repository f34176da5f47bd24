import HTTP
import JSON
import Platform

extension FaultKind {
  /// The rows, in the order in which they are listed.
  package static let all = [
    error, status, delay, hang, reset, truncate, drip, garbage, restart,
  ]

  private static let error = FaultKind(
    "error", "CODE: answer with this error, such as ThrottlingException", word: "code",
    members: ["code", "status", "message"]
  ) { rule throws(Fault.Refusal) in
    let error = try rule.error()
    return FaultAction(
      rule, .instead { render in render(error) },
      members: [
        "code": .string(error.code), "status": .integer(Int64(error.status)),
        "message": .string(error.message),
      ], shown: error.code, outcome: error.code)
  }

  private static let status = FaultKind(
    "status", "N: answer with this status alone", word: "status", members: ["status"]
  ) { rule throws(Fault.Refusal) in
    guard let status = try rule.status() else {
      throw Fault.Refusal("the action status needs a status")
    }
    return FaultAction(
      rule, .instead { _ in .text(status, "A fault was set.\n") },
      members: ["status": .integer(Int64(status))], shown: "\(status)")
  }

  private static let delay = FaultKind(
    "delay", "D: answer later, by 50s at most", word: "duration", members: ["duration"]
  ) { rule throws(Fault.Refusal) in
    guard let duration = rule.duration else {
      throw Fault.Refusal("the action delay needs a duration")
    }
    // A server ends a call that takes longer itself.
    guard duration <= .seconds(50) else {
      throw Fault.Refusal("a delay is 50s at most; the action hang never answers")
    }
    return FaultAction(
      rule, .pause(duration), members: ["duration": duration.milliseconds],
      shown: "\(duration.nanoseconds / 1_000_000) ms", outcome: nil)
  }

  private static let hang = FaultKind(
    "hang", "never answer", .instead { _ in HTTPResponse(status: 500, body: .silence) })

  private static let reset = FaultKind(
    "reset", "reset the connection", .instead { _ in HTTPResponse(status: 500, body: .reset) })

  private static let truncate = FaultKind(
    "truncate", "answer half, and end the connection",
    .spoil { bytes in
      // What was announced does not come, so the engine ends the connection.
      .stream(length: max(bytes.count, 1)) {
        try await $0.write(Array(bytes.prefix(bytes.count / 2)))
      }
    })

  private static let drip = FaultKind(
    "drip", "answer little by little, in --duration (10s)", members: ["duration"]
  ) { rule throws(Fault.Refusal) in
    let duration = rule.duration ?? .seconds(10)
    return FaultAction(
      rule,
      .spoil { bytes in
        .stream(length: bytes.count) { writer in
          let pieces = max(min(bytes.count, 100), 1)
          for index in 0..<pieces {
            try await Task.sleep(for: duration / pieces)
            let (start, end) = (bytes.count * index / pieces, bytes.count * (index + 1) / pieces)
            try await writer.write(Array(bytes[start..<end]))
          }
        }
      }, members: ["duration": duration.milliseconds])
  }

  private static let garbage = FaultKind(
    "garbage", "answer what is neither JSON nor XML",
    .spoil { _ in .bytes(Array("<garbage>{{{ this is no answer".utf8)) })

  private static let restart = FaultKind(
    "restart", "restart the server, which stays away for --duration", members: ["duration"]
  ) { rule throws(Fault.Refusal) in
    let duration = rule.duration ?? .zero
    return FaultAction(
      rule,
      .instead { _ in
        Restart.request(for: duration)
        return HTTPResponse(status: 500, body: .silence)
      }, members: ["duration": duration.milliseconds])
  }
}

extension Duration {
  /// The duration as rules are listed with it.
  fileprivate var milliseconds: JSON { .string("\(nanoseconds / 1_000_000)ms") }
}

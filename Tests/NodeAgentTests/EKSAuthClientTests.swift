import AWSClient
import AWSWire
import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import NodeAgent

/// Calls of EKS Auth, beside one that gives a few answers, one after another.
@Suite(.timeLimit(.minutes(10))) struct EKSAuthClientTests {
  /// An answer: its status and body, or none at all.
  private typealias Answer = (status: Int, body: JSON)

  /// With this seed the two pauses of a call are of no more than 10 ms together.
  private static let quick: UInt64 = 10_062
  private static let usual: Answer = (200, AgentAnswer.usual)

  private static func error(_ status: Int, _ code: String = "") -> Answer {
    (status, code.isEmpty ? [:] : ["__type": .string(code), "message": "m"])
  }

  /// What became of a call, what was asked, and what is left of the quota.
  private struct Found {
    var failure: UpstreamFailure?
    var asked: [HTTPRequest]
    var quota: Int
  }

  /// Exchanges the token `t`; the last answer stands for all further ones.
  private func call(
    _ answers: [Answer], patience: Patience = Patience(), spent: Int = 0
  ) async throws -> Found {
    let asked = Mutex<[HTTPRequest]>([])
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { request in
        let number = asked.withLock { asked in
          asked.append(request)
          return asked.count
        }
        let answer = answers[min(number, answers.count) - 1]
        return .json(answer.status, answer.body)
      })
    try server.start()
    let client = try client(server.urls[0], loops: loops)
    for _ in 0..<spent { _ = client.quota.pay(for: .unreachable("x")) }
    var failure: UpstreamFailure?
    do throws(UpstreamFailure) {
      _ = try await client.credentials(for: "t", patience: patience)
    } catch { failure = error }
    await server.stop(grace: .zero)
    loops.stop()
    return Found(
      failure: failure, asked: asked.withLock { $0 }, quota: client.quota.available)
  }

  private func client(_ url: String, loops: EventLoops) throws -> EKSAuthClient {
    let http = HTTPClient(loops: loops, bodyLimit: EKSAuthClient.bodyLimit)
    return EKSAuthClient(
      client: http,
      aws: AWSClient(
        http: http, endpoint: try #require(HTTPURL(url)), region: "eu-west-1",
        key: .fixed(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "s")),
        clock: ManualClock(), mark: { $0.headers["X-Mark"] = "m" }),
      cluster: "c", randomness: .seeded(Self.quick))
  }

  @Test("a call is AWS's agent's: signed for EKS Auth, with the token in its body")
  func request() async throws {
    let found = try await call([Self.usual])
    #expect(found.failure == nil && found.asked.count == 1)
    let request = try #require(found.asked.first)
    #expect(request.method == "POST")
    #expect(request.target == "/clusters/c/assume-role-for-pod-identity")
    #expect(try JSON.parse(request.body) == ["token": "t"])
    #expect(request.headers["Content-Type"] == "application/json")
    #expect(request.headers["Accept-Encoding"] == "gzip")
    #expect(request.headers["Amz-Sdk-Request"] == "attempt=1; max=3")
    #expect(request.headers["X-Mark"] == "m")
    let signature = try #require(request.headers["Authorization"])
    #expect(signature.contains("Credential=AKID/") && signature.contains("/eu-west-1/eks-auth/"))
    #expect(!signature.contains("accept-encoding"))
  }

  @Test(
    "what may pass is tried again, three times in all; what EKS Auth decided is not",
    arguments: [
      ([200], 1, true), ([503, 200], 2, true), ([500, 502, 200], 3, true),
      ([504, 500, 503, 200], 3, false), ([501, 200], 1, false), ([404, 200], 1, false),
      ([302, 200], 1, false),
    ])
  func statuses(statuses: [Int], calls: Int, isSuccess: Bool) async throws {
    let found = try await call(statuses.map { $0 == 200 ? Self.usual : Self.error($0) })
    #expect(found.asked.count == calls)
    #expect((found.failure == nil) == isSuccess)
  }

  @Test(
    "codes that are tried again whatever their status",
    arguments: [
      ("ThrottlingException", true), ("RequestTimeout", true), ("SlowDown", true),
      ("TooManyRequestsException", true), ("AccessDeniedException", false),
      ("InvalidTokenException", false), ("ExpiredTokenException", false),
      ("ResourceNotFoundException", false),
    ])
  func codes(code: String, isRepeated: Bool) async throws {
    let found = try await call([Self.error(400, code), Self.usual])
    #expect(found.asked.count == (isRepeated ? 2 : 1))
    #expect((found.failure == nil) == isRepeated)
  }

  @Test("the tries of a call share an id, and are numbered")
  func tries() async throws {
    let found = try await call([Self.error(500)])
    #expect(
      found.asked.map { $0.headers["Amz-Sdk-Request"] }
        == (1...3).map { "attempt=\($0); max=3" })
    let ids = Set(found.asked.map { $0.headers["Amz-Sdk-Invocation-Id"] ?? "" })
    #expect(ids.count == 1 && ids.first?.utf8.count == 36)
    guard case .answered(500, _, _, _) = found.failure else {
      Issue.record("\(String(describing: found.failure))")
      return
    }
  }

  @Test(
    "further tries are paid for, and what is answered in good order gives back",
    arguments: [
      ([503, 503, 503], 0, 3, 490), ([503, 503, 200], 0, 3, 496), ([503, 200], 10, 2, 451),
      ([200], 10, 1, 451), ([400], 10, 1, 450), ([-1], 10, 1, 451),
      // Nothing is left to pay with.
      ([503, 200], 100, 1, 0),
    ])
  func quota(answers: [Int], spent: Int, calls: Int, left: Int) async throws {
    let answers = answers.map { status -> Answer in
      // An answer without credentials is one of EKS Auth's all the same.
      status == -1 ? (200, [:]) : status == 200 ? Self.usual : Self.error(status)
    }
    let found = try await call(answers, spent: spent)
    #expect(found.asked.count == calls && found.quota == left)
  }

  @Test("nobody who waits: no further try")
  func impatient() async throws {
    let patience = Patience()
    patience.end()
    let found = try await call([Self.error(503), Self.usual], patience: patience)
    #expect(found.asked.count == 1)
    guard case .answered(503, _, _, _) = found.failure else {
      Issue.record("\(String(describing: found.failure))")
      return
    }
  }

  @Test("an EKS Auth that is not there is tried three times, and told by its address")
  func unreachable() async throws {
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { _ in .json(200, [:]) })
    try server.start()
    let url = server.urls[0]
    await server.stop(grace: .zero)
    let client = try client(url, loops: loops)
    let failure = await #expect(throws: UpstreamFailure.self) {
      _ = try await client.credentials(for: "t", patience: Patience())
    }
    guard case .unreachable(let reason) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(reason.hasPrefix("\(url): ") && client.quota.available == 490)
    loops.stop()
  }

  @Test("an EKS Auth that says nothing for a second is late; who hangs up is no failure of it")
  func silent() async throws {
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: Silent())
    try server.start()
    let client = try client(server.urls[0], loops: loops)
    let patience = Patience()
    patience.end()
    let start = ContinuousClock.now
    let failure = await #expect(throws: UpstreamFailure.self) {
      _ = try await client.credentials(for: "t", patience: patience)
    }
    #expect(ContinuousClock.now - start >= .milliseconds(950))
    guard case .timedOut(let reason) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(reason.hasPrefix(server.urls[0]) && client.quota.available == 490)
    let task = Task { () async -> UpstreamFailure? in
      do throws(UpstreamFailure) {
        _ = try await client.credentials(for: "t", patience: Patience())
        return nil
      } catch { return error }
    }
    task.cancel()
    guard case .abandoned = await task.value else {
      Issue.record("a call that was cancelled")
      return
    }
    await server.stop(grace: .zero)
    loops.stop()
  }

  /// One who answers nobody.
  private struct Silent: HTTPHandler {
    func respond(to request: HTTPRequest) async -> HTTPResponse {
      try? await Task.sleep(for: .seconds(3600))
      return HTTPResponse(status: 500)
    }
  }
}

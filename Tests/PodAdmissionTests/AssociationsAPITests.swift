import AWSWire
import AdminAPI
import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import PodAdmission

/// The calls of EKS, and what its answers mean, beside an EKS of a few answers.
@Suite(.timeLimit(.minutes(10))) struct AssociationsAPITests {
  /// A request as `METHOD TARGET BODY`, with whether it is marked as the stack's.
  private struct Call: Sendable {
    let text: String
    let isMarked: Bool
  }

  private static let summary: JSON = [
    "associationId": "a-1", "namespace": "n", "serviceAccount": "s", "ownerArn": "o",
  ]
  private static let whole: JSON = [
    "association": [
      "associationId": "a-1", "namespace": "n", "serviceAccount": "s", "roleArn": "r",
    ]
  ]

  /// What `body` comes to where EKS answers so, and what it asked.
  private func ask<Result: Sendable>(
    _ status: Int, _ answer: JSON,
    _ body: (AssociationsAPI) async throws(AssociationsAPI.Failure) -> Result
  ) async throws -> (result: Swift.Result<Result, AssociationsAPI.Failure>, calls: [Call]) {
    let calls = Mutex<[Call]>([])
    let mark = StackMark(adminToken: "t")
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { request in
        let body = String(decoding: request.body, as: UTF8.self)
        let isMarked = mark.origin(of: request) == .stack
        calls.withLock {
          $0.append(
            Call(text: "\(request.method) \(request.target) \(body)", isMarked: isMarked))
        }
        return .json(status, answer)
      })
    try server.start()
    let api = AssociationsAPI(
      client: HTTPClient(loops: loops), endpoint: try #require(HTTPURL(server.urls[0])),
      cluster: "c", region: "r",
      signingKey: .fixed(AWSCredentials(accessKeyID: "i", secretAccessKey: "s")),
      mark: mark, clock: ManualClock())
    let result: Swift.Result<Result, AssociationsAPI.Failure>
    do throws(AssociationsAPI.Failure) {
      result = .success(try await body(api))
    } catch { result = .failure(error) }
    await server.stop(grace: .zero)
    loops.stop()
    return (result, calls.withLock { $0 })
  }

  private static let base = "/clusters/c/pod-identity-associations"

  @Test("lists, of all accounts and of one")
  func lists() async throws {
    let answer: JSON = ["associations": [Self.summary, ["associationId": "half"]]]
    let all = try await ask(200, answer) { api throws(AssociationsAPI.Failure) in
      try await api.list()
    }
    let found = try all.result.get()
    #expect(found.map(\.id) == ["a-1"] && found.first?.namespace == "n")
    #expect(found.first?.account == "s" && found.first?.ownerARN == "o")
    #expect(found.first?.roleARN == nil)
    #expect(all.calls.map(\.text) == ["GET \(Self.base)?maxResults=100 "])
    let one = try await ask(200, answer) { api throws(AssociationsAPI.Failure) in
      try await api.list(namespace: "n", account: "s")
    }
    #expect(try one.result.get().count == 1)
    #expect(one.calls.map(\.text) == ["GET \(Self.base)?namespace=n&serviceAccount=s "])
    // Whoever asks for a pod, the call is the stack's.
    #expect(one.calls.allSatisfy(\.isMarked) && all.calls.allSatisfy(\.isMarked))
  }

  @Test("an account is associated if its list holds something")
  func isAssociated() async throws {
    for (answer, isAssociated) in [
      (["associations": [Self.summary]], true), (["associations": []], false),
    ] as [(JSON, Bool)] {
      let asked = try await ask(200, answer) { api throws(AssociationsAPI.Failure) in
        try await api.isAssociated(namespace: "n", account: "s", timeout: .seconds(5))
      }
      #expect(try asked.result.get() == isAssociated)
    }
  }

  @Test("one is described, made, changed and removed")
  func changes() async throws {
    let described = try await ask(200, Self.whole) { api throws(AssociationsAPI.Failure) in
      try await api.describe(id: "a-1")
    }
    #expect(try described.result.get().roleARN == "r")
    #expect(described.calls.map(\.text) == ["GET \(Self.base)/a-1 "])
    let made = try await ask(201, Self.whole) { api throws(AssociationsAPI.Failure) in
      try await api.create(namespace: "n", account: "s", roleARN: "r", ownerARN: "o")
    }
    #expect(try made.result.get().id == "a-1")
    let body = #"{"namespace":"n","serviceAccount":"s","roleArn":"r","ownerArn":"o"}"#
    #expect(made.calls.map(\.text) == ["POST \(Self.base) \(body)"])
    let changed = try await ask(200, Self.whole) { api throws(AssociationsAPI.Failure) in
      try await api.update(id: "a-1", roleARN: "r2")
    }
    #expect(try changed.result.get().id == "a-1")
    #expect(changed.calls.map(\.text) == [#"POST \#(Self.base)/a-1 {"roleArn":"r2"}"#])
    let removed = try await ask(200, Self.whole) { api throws(AssociationsAPI.Failure) in
      try await api.delete(id: "a-1")
    }
    _ = try removed.result.get()
    #expect(removed.calls.map(\.text) == ["DELETE \(Self.base)/a-1 "])
  }

  @Test(
    "what EKS says no to is a refusal; what comes of no EKS, or of a busy one, is none",
    arguments: [
      (400, ["__type": "InvalidParameterException", "message": "m"], true),
      (404, ["__type": "ResourceNotFoundException", "message": "m"], true),
      (499, ["__type": "X", "message": "m"], true),
      (429, ["__type": "ThrottlingException", "message": "m"], false),
      (500, ["__type": "ServerException", "message": "m"], false),
      (400, ["message": "m"], false), (200, [:], false), (200, ["association": [:]], false),
    ] as [(Int, JSON, Bool)])
  func failures(status: Int, answer: JSON, isRefusal: Bool) async throws {
    let asked = try await ask(status, answer) { api throws(AssociationsAPI.Failure) in
      try await api.describe(id: "a-1")
    }
    switch asked.result {
    case .failure(.refused(let code, let message)):
      #expect(isRefusal && message == "m")
      #expect(code == answer["__type"]?.string)
    case .failure(.unavailable): #expect(!isRefusal)
    case .success: Issue.record("no failure")
    }
    let listed = try await ask(200, [:]) { api throws(AssociationsAPI.Failure) in
      try await api.list(namespace: "n", account: "s")
    }
    guard case .failure(.unavailable) = listed.result else {
      Issue.record("a list without associations")
      return
    }
  }

  @Test("a failure says what EKS said, or what it is that came instead")
  func texts() async throws {
    for (status, answer, text) in [
      (
        400, ["__type": "InvalidParameterException", "message": "m"], "InvalidParameterException: m"
      ),
      (429, ["__type": "ThrottlingException", "message": "m"], "ORIGIN answers 429"),
      (500, ["message": "m"], "ORIGIN answers 500"), (400, [:], "ORIGIN answers 400"),
      (200, [:], "the answer of ORIGIN holds no association"),
    ] as [(Int, JSON, String)] {
      let asked = try await ask(status, answer) { api throws(AssociationsAPI.Failure) in
        try await api.update(id: "a-1", roleARN: "r")
      }
      guard case .failure(let failure) = asked.result else {
        Issue.record("no failure")
        return
      }
      let shown = failure.description.replacing(/http:\/\/127\.0\.0\.1:\d+/, with: "ORIGIN")
      #expect(shown == text)
    }
    let listed = try await ask(200, [:]) { api throws(AssociationsAPI.Failure) in
      try await api.list(namespace: "n", account: "s")
    }
    guard case .failure(let failure) = listed.result else {
      Issue.record("no failure")
      return
    }
    #expect(failure.description.hasSuffix(" holds no associations"))
  }

  /// One who answers nobody.
  private struct Silent: HTTPHandler {
    func respond(to request: HTTPRequest) async -> HTTPResponse {
      try? await Task.sleep(for: .seconds(3600))
      return HTTPResponse(status: 500)
    }
  }

  @Test("an admission waits for EKS as long as it says, and no longer")
  func patience() async throws {
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: Silent())
    try server.start()
    let api = AssociationsAPI(
      client: HTTPClient(loops: loops), endpoint: try #require(HTTPURL(server.urls[0])),
      cluster: "c", region: "r",
      signingKey: .fixed(AWSCredentials(accessKeyID: "i", secretAccessKey: "s")),
      mark: StackMark(adminToken: "t"), clock: ManualClock())
    let failure = await #expect(throws: AssociationsAPI.Failure.self) {
      _ = try await api.isAssociated(namespace: "n", account: "s", timeout: .milliseconds(20))
    }
    guard case .unavailable = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    await server.stop(grace: .zero)
    loops.stop()
  }
}

import AWSTestSupport
import AWSWire
import AdminAPI
import HTTP
import JSON
import Platform
import Testing

@testable import AWSDoor

/// The order in which a call is looked at, in each protocol.
@Suite struct CallPipelineTests {
  /// Requests for what is not here: service, method, target, body.
  private static let unknown: [(String, String, String, String)] = [
    ("iam", "POST", "/", "Action=ListUsers&Version=2010-05-08"),
    ("iam", "POST", "/", "Action=ListRoles&Version=2011-06-15"),
    ("sts", "POST", "/", "Version=2011-06-15"), ("eks", "GET", "/clusters/local/node-groups", ""),
    ("eks", "POST", "/clusters", ""), ("eks-auth", "GET", "/clusters/local", ""),
    ("s3", "GET", "/bucket?acl", ""), ("s3", "POST", "/bucket", ""), ("s3", "PATCH", "/bucket", ""),
    ("s3", "GET", "/absent/key", ""), ("s3", "GET", "/%zz", ""),
  ]
  private static let codes = [
    "InvalidAction", "InvalidAction", "MissingAction", "UnknownOperationException",
    "UnknownOperationException", "UnknownOperationException", "NotImplemented", "NotImplemented",
    "MethodNotAllowed", "NoSuchBucket", "InvalidURI",
  ]

  private func send(
    _ s3: S3Stack, _ call: (String, String, String, String), as caller: AWSCredentials
  ) async -> HTTPResponse {
    call.0 == "s3"
      ? await s3.send(call.1, call.2, body: call.3, as: caller)
      : await s3.stack.send(call.0, call.1, call.2, body: Array(call.3.utf8), as: caller)
  }

  @Test("who is not known learns nothing else", arguments: zip(unknown, codes))
  func order(call: (String, String, String, String), code: String) async throws {
    let s3 = try await S3Stack.withBucket()
    let nobody = AWSCredentials(accessKeyID: "AKIANOBODY", secretAccessKey: "x")
    let refused = await send(s3, call, as: nobody).failure
    #expect(
      ["InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"]
        .contains(refused.code), "\(refused)")
    #expect(s3.stack.lastEvent?["check"] == "authentication")
    #expect(s3.stack.lastEvent?["caller"] == nil)
    let answer = await send(s3, call, as: AWSStack.root)
    #expect(answer.failure.code == code)
    if ["iam", "sts"].contains(call.0) { #expect(answer.element("Type") == "Sender") }
    #expect(s3.stack.lastEvent?["caller"] == "arn:aws:iam::111122223333:root")
    #expect(s3.stack.lastEvent?["outcome"]?.string == code)
  }

  /// An operation of each protocol.
  private static let known: [(String, String, String, String)] = [
    ("sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15"),
    ("eks", "GET", "/clusters", ""), ("s3", "GET", "/bucket?location", ""),
  ]
  private static let operations = ["GetCallerIdentity", "ListClusters", "GetBucketLocation"]

  @Test(
    "the event names operation, caller, outcome and duration", arguments: zip(known, operations))
  func event(call: (String, String, String, String), operation: String) async throws {
    let s3 = try await S3Stack.withBucket()
    #expect(await send(s3, call, as: AWSStack.root).status == 200)
    let event = try #require(s3.stack.events.entries(after: 0).last?.event)
    #expect(event.operation == operation && event.outcome == "ok")
    #expect(event.check == nil && event.reason == nil && event.requestID == "request-1")
    #expect(event.duration.map { $0 >= .zero } == true)
    #expect(event.details["caller"] == "arn:aws:iam::111122223333:root")
  }

  @Test("a fault answers in the protocol's form, before anything is done", arguments: known)
  func fault(call: (String, String, String, String)) async throws {
    let s3 = try await S3Stack.withBucket()
    let code = [
      "sts": "ServiceUnavailable", "eks": "ServiceUnavailableException", "s3": "SlowDown",
    ][call.0]
    let fault = try s3.stack.fault(["action": "error", "code": .string(code ?? "")])
    _ = try await s3.stack.faults.add(fault)
    #expect(await send(s3, call, as: AWSStack.root).failure.code == code)
    let event = try #require(s3.stack.lastEvent)
    #expect(event["outcome"]?.string == code && event["check"] == "fault")
    #expect(event["fault"] == "test-1")
    // It is for calls of who is known alone.
    let nobody = AWSCredentials(accessKeyID: "AKIANOBODY", secretAccessKey: "x")
    #expect(await send(s3, call, as: nobody).failure.code != code)
    try await s3.stack.faults.clear()
    #expect(await send(s3, call, as: AWSStack.root).status == 200)
  }

  @Test("an answer can be spoilt", arguments: known)
  func spoilt(call: (String, String, String, String)) async throws {
    let s3 = try await S3Stack.withBucket()
    _ = try await s3.stack.faults.add(
      s3.stack.fault(["action": "garbage"]))
    let answer = await send(s3, call, as: AWSStack.root)
    #expect(answer.status == 200 && answer.text.hasPrefix("<garbage>"))
    #expect(s3.stack.lastEvent?["outcome"] == "fault")
  }

  @Test("a fault for one ServiceAccount meets its pod's calls alone")
  func subject() async throws {
    let stack = try await AWSStack()
    let pod = try await stack.caller()
    #expect(await stack.query("sts", "GetCallerIdentity", as: pod).status == 200)
    #expect(stack.lastEvent?.at("subject", "namespace") == "default")
    #expect(stack.lastEvent?.at("subject", "serviceAccount") == "app")
    _ = try await stack.faults.add(
      stack.fault(["action": "error", "code": "Throttling", "serviceAccount": "app"]))
    #expect(await stack.query("sts", "GetCallerIdentity", as: pod).failure.code == "Throttling")
    #expect(stack.lastEvent?.at("subject", "pod") == "app-1")
    #expect(await stack.query("sts", "GetCallerIdentity").status == 200)
  }

  @Test("the event of a pod's call is about the pod, whatever the service; also of a refused one")
  func caller() async throws {
    let s3 = try await S3Stack.withBucket()
    let pod = try await s3.stack.caller()
    var forged = pod
    forged.secretAccessKey = "x"
    for call in Self.known {
      for credentials in [pod, forged] {
        _ = await send(s3, call, as: credentials)
        let subject = s3.stack.lastEvent?["subject"]
        #expect(subject?["serviceAccount"] == "app" && subject?["pod"] == "app-1", "\(call)")
      }
    }
  }

  @Test(
    "a request without a signature is refused as the service refuses that it looks meant for",
    arguments: [
      ("POST", "/", "Action=ListRoles&Version=2010-05-08", "MissingAuthenticationToken"),
      ("POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", "MissingAuthenticationToken"),
      ("GET", "/", "", "MissingAuthenticationToken"),
      ("GET", "/clusters", "", "MissingAuthenticationTokenException"),
      ("GET", "/tags/x", "", "MissingAuthenticationTokenException"),
      (
        "POST", "/clusters/local/assume-role-for-pod-identity", "",
        "MissingAuthenticationTokenException"
      ),
    ])
  func unsigned(method: String, target: String, body: String, code: String) async throws {
    let stack = try await AWSStack()
    let request = HTTPRequest(
      method: method, target: target, headers: ["Host": "127.0.0.1:4577"],
      body: Array(body.utf8), id: "request-1")
    let answer = await stack.endpoint.respond(to: request)
    #expect(answer.failure.status == 403 && answer.failure.code == code)
    let iam = body.contains("2010-05-08")
    #expect(answer.text.contains("https://iam.amazonaws.com/doc/2010-05-08/") == iam)
  }

  @Test("bodies are read whole, but those of S3 are streams")
  func plans() async throws {
    let stack = try await AWSStack()
    func isStream(_ service: String) -> Bool {
      if case .stream = stack.endpoint.bodyPlan(for: stack.signed(service, "PUT", "/b/k")) {
        return true
      }
      return false
    }
    #expect(isStream("s3") && !isStream("iam") && !isStream("eks") && !isStream("sqs"))
  }

  @Test("for want of memory each protocol's error says to try again")
  func overload() async throws {
    let stack = try await AWSStack()
    for (service, code) in [
      ("sts", "ServiceUnavailable"), ("eks", "ServiceUnavailableException"), ("s3", "SlowDown"),
      ("sqs", "ServiceUnavailableException"),
    ] {
      let answer = stack.endpoint.overloaded(stack.signed(service, "GET", "/"))
      #expect(answer.failure.status == 503 && answer.failure.code == code, "\(service)")
      if service == "sts" { #expect(answer.element("Type") == "Receiver") }
    }
  }
}

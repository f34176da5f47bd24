import AWSTestSupport
import AWSWire
import AdminAPI
import HTTP
import HTTPTestSupport
import JSON
import Platform
import Testing

/// Calls of IAM, STS, EKS and EKS Auth, at the handler and over the wire.
@Suite(.timeLimit(.minutes(10))) struct TransportCallTests {
  /// Runs a body with an aws-api whose requests go by a transport.
  private func withStack(
    _ transport: TestTransport, _ body: (AWSStack, TestClient) async throws -> Void
  ) async throws {
    let stack = try await AWSStack()
    try await transport.serve(HTTPGuard(next: stack.endpoint)) { client in
      var stack = stack
      stack.handler = client
      try await body(stack, client)
    }
  }

  @Test("a pod's credentials are made and used", arguments: TestTransport.allCases)
  func credentials(transport: TestTransport) async throws {
    try await withStack(transport) { stack, client in
      await stack.makeRole(
        policy: #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("iam:*"))]}"#)
      let role = await stack.query("iam", "GetRole", [("RoleName", "reader")])
      #expect(role.status == 200 && role.headers["Content-Type"] == "text/xml")
      #expect(role.element("Arn") == "arn:aws:iam::111122223333:role/reader")
      let id = await stack.associate(serviceAccount: "app", ["tags": ["k é": "v/é"]])
      let shown = await stack.eks("GET", "/clusters/local/pod-identity-associations/\(id)")
      #expect(shown.json?.at("association", "tags") == ["k é": "v/é"])
      let listed = await stack.eks(
        "GET", "/clusters/local/pod-identity-associations?namespace=default&serviceAccount=app")
      #expect(listed.json?["associations"]?.array?.count == 1)
      let pod = try #require(try await stack.podCredentials())
      let caller = await stack.query("sts", "GetCallerIdentity", as: pod)
      #expect(caller.element("Arn").contains(":assumed-role/reader/eks-local-app-1-"))
      let roles = await stack.query("iam", "ListRoles", as: pod)
      #expect(roles.element("RoleName") == "reader")
      let gone = await stack.eks("DELETE", "/clusters/local/pod-identity-associations/\(id)")
      #expect(gone.status == 200)
      #expect(await stack.assume(try stack.token()).failure.code == "ResourceNotFoundException")
      if transport == .live { #expect(client.connectionCount == 1) }
    }
  }

  @Test(
    "what is refused has its status, code and message in the service's form",
    arguments: TestTransport.allCases)
  func refusals(transport: TestTransport) async throws {
    try await withStack(transport) { stack, client in
      let wrong = AWSCredentials(accessKeyID: "test", secretAccessKey: "wrong")
      let unknown = AWSCredentials(accessKeyID: "AKIAX", secretAccessKey: "x")
      let answers: [(HTTPResponse, Int, String)] = [
        (await stack.query("sts", "GetCallerIdentity", as: wrong), 403, "SignatureDoesNotMatch"),
        (await stack.query("iam", "GetUser", as: unknown), 403, "InvalidClientTokenId"),
        (await stack.eks("GET", "/clusters", as: wrong), 403, "InvalidSignatureException"),
        (await stack.eks("GET", "/clusters/none"), 404, "ResourceNotFoundException"),
        (await stack.eks("PATCH", "/clusters"), 404, "UnknownOperationException"),
        (await stack.assume("x"), 400, "InvalidParameterException"),
        (await stack.query("iam", "GetRole", [("RoleName", "none")]), 404, "NoSuchEntity"),
        (await stack.query("sts", "Nothing"), 400, "InvalidAction"),
        (
          await client.respond(to: HTTPRequest(target: "/clusters")), 403,
          "MissingAuthenticationToken"
        ),
      ]
      for (answer, status, code) in answers {
        #expect(answer.status == status, "\(code)")
        #expect(answer.failure.code.hasPrefix(code), "\(answer.failure), not \(code)")
      }
      // Refused bodies are read to their ends: the connection is kept.
      if transport == .live { #expect(client.connectionCount == 1) }
    }
  }

  @Test("a presigned link works where it is good and no longer", arguments: TestTransport.allCases)
  func links(transport: TestTransport) async throws {
    try await withStack(transport) { stack, client in
      let target = "/?Action=GetCallerIdentity&Version=2011-06-15"
      let link = stack.presigned("sts", target)
      let answer = await client.exchange(link)
      #expect(answer.response.element("Arn") == "arn:aws:iam::111122223333:root")
      #expect(answer.length == answer.response.bodyBytes.count)
      var changed = link
      changed.target += "0"
      #expect(await client.respond(to: changed).failure.code == "SignatureDoesNotMatch")
      stack.machineClock.advance(by: .seconds(61))
      #expect(await client.respond(to: link).status == 403)
      var head = link
      head.method = "HEAD"
      let refused = await client.exchange(head)
      #expect(refused.response.status >= 400 && refused.response.bodyBytes.isEmpty)
      #expect(refused.length ?? 0 > 0)
      if transport == .live { #expect(client.connectionCount == 1) }
    }
  }

  @Test("a fault that ends the connection is no answer", arguments: TestTransport.allCases)
  func faults(transport: TestTransport) async throws {
    try await withStack(transport) { stack, client in
      for action in ["reset", "truncate"] {
        _ = try await stack.faults.add(
          stack.fault(["action": .string(action), "operation": "GetCallerIdentity", "count": 1]))
        #expect(await stack.query("sts", "GetCallerIdentity").status == 0, "\(action)")
        #expect(await stack.query("sts", "GetCallerIdentity").status == 200, "\(action)")
      }
      if transport == .live { #expect(client.connectionCount == 3) }
    }
  }
}

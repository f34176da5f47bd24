import AWSTestSupport
import AWSWire
import HTTP
import IAMPolicy
import JSON
import Platform
import PodIdentity
import Testing

@testable import AWSDoor

/// The condition keys of a call, by policies that ask for them.
@Suite struct RequestKeysTests {
  /// A condition, and whether a pod's call with a user agent fulfils it.
  private static let conditions: [(String, Bool)] = [
    (#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, true),
    (#""IpAddress":{"aws:SourceIp":"192.168.0.0/16"}"#, false),
    (#""StringEquals":{"aws:UserAgent":"agent/1"}"#, true),
    (#""StringEquals":{"aws:Referer":"https://page.example/"}"#, true),
    (
      #""ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/caller"}"#, true
    ),
    (#""StringEquals":{"aws:PrincipalAccount":"111122223333"}"#, true),
    (#""StringEquals":{"aws:PrincipalType":"AssumedRole"}"#, true),
    (#""StringLike":{"aws:userid":"AROA*:eks-local-app-1-*"}"#, true),
    (#""Bool":{"aws:PrincipalIsAWSService":"false"}"#, true),
    (#""Bool":{"aws:SecureTransport":"false"}"#, true),
    (#""Null":{"aws:username":"true"}"#, true),
    (#""StringEquals":{"aws:PrincipalTag/kubernetes-namespace":"default"}"#, true),
    (#""StringEquals":{"aws:PrincipalTag/kubernetes-service-account":"app"}"#, true),
    (#""StringEquals":{"aws:PrincipalTag/kubernetes-pod-name":"app-1"}"#, true),
    (#""StringEquals":{"aws:PrincipalTag/eks-cluster-name":"local"}"#, true),
    (#""StringEquals":{"aws:PrincipalTag/kubernetes-namespace":"other"}"#, false),
    (#""DateGreaterThan":{"aws:CurrentTime":"2026-11-24T00:00:00Z"}"#, true),
    (#""DateLessThan":{"aws:CurrentTime":"2026-11-24T00:00:00Z"}"#, false),
    (#""DateLessThan":{"aws:TokenIssueTime":"2099-01-01T00:00:00Z"}"#, true),
  ]

  @Test("a session's call has AWS's keys", arguments: conditions)
  func session(condition: String, isFulfilled: Bool) async throws {
    let stack = try await AWSStack()
    let caller = try await stack.caller(
      #"{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*","Condition":{\#(condition)}}"#)
    var request = stack.signed(
      "iam", "POST", "/",
      headers: ["User-Agent": "agent/1", "Referer": "https://page.example/"],
      body: Array("Action=ListRoles&Version=2010-05-08".utf8), as: caller)
    request.peer = "10.1.2.3:4567"
    let answer = await stack.endpoint.respond(to: request)
    #expect(answer.status == (isFulfilled ? 200 : 403), "\(answer.failure)")
  }

  @Test("the root and the servers are who they are")
  func longTerm() {
    let account = AWSAccount()
    func keys(_ caller: Caller) -> PolicyContext {
      RequestContext.keys(
        of: caller, request: HTTPRequest(), account: account, now: Instant(seconds: 1))
    }
    let root = keys(.root(of: account, accessKeyID: "test"))
    #expect(root["aws:PrincipalArn"] == ["arn:aws:iam::111122223333:root"])
    #expect(root["aws:PrincipalType"] == ["Account"] && root["aws:username"] == nil)
    #expect(root["aws:userid"] == ["111122223333"])
    let agent = keys(.service(.nodeAgent, of: account, accessKeyID: "AKIAX"))
    #expect(agent["aws:PrincipalArn"] == ["arn:aws:iam::111122223333:user/podid/node-agent"])
    #expect(agent["aws:PrincipalType"] == ["User"] && agent["aws:username"] == ["node-agent"])
    #expect(agent["aws:userid"] == ["AIDAX"])
  }

  @Test("credentials end with the key that they were made with")
  func renewed() async throws {
    let stack = try await AWSStack()
    let caller = try await stack.caller()
    #expect(await stack.query("sts", "GetCallerIdentity", as: caller).status == 200)
    try stack.sessions.renew(keyFile: "\(stack.buckets)/key")
    #expect(
      await stack.query("sts", "GetCallerIdentity", as: caller).failure.code
        == "InvalidClientTokenId")
  }
}

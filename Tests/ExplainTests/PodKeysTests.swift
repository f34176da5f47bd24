import IAMPolicy
import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// The session of a pod, as its tags and the condition keys of its requests tell.
@Suite struct PodKeysTests {
  private static let tags = [
    "eks-cluster-arn=arn:aws:eks:us-east-1:111122223333:cluster/local",
    "eks-cluster-name=local", "kubernetes-namespace=default", "kubernetes-service-account=app",
    "kubernetes-pod-name=web-1", "kubernetes-pod-uid=UID",
  ]

  @Test("six tags or none, and the permission to set them only where there are any")
  func tags() throws {
    let keys = try Sample.keys(pod: "web-1")
    #expect(keys.tags.map { "\($0.0)=\($0.1)" } == Self.tags)
    #expect(keys.actions == ["sts:AssumeRole", "sts:TagSession"])
    let bare = try Sample.keys(hasTags: false)
    #expect(bare.tags.isEmpty)
    #expect(bare.actions == ["sts:AssumeRole"])
  }

  @Test("the session's name has ten characters each of the cluster's and the pod's")
  func sessionName() throws {
    let stack = try Sample.stack(["cluster": "a-long-cluster-name"])
    let keys = PodKeys(
      account: Sample.account, stack: stack, now: Sample.now, pod: "a-pod-of-a-deployment")
    #expect(keys.sessionName == "eks-a-long-clu-a-pod-of-a-UUID")
  }

  @Test("the service's request has the tags of the session and of the role, and who asks")
  func service() throws {
    let role = try Sample.role("app", tags: [("team", "red")])
    let keys = try Sample.keys(pod: "web-1").service(to: role)
    #expect(keys["aws:RequestTag/kubernetes-pod-name"] == ["web-1"])
    #expect(keys["aws:TagKeys"]?.count == 6 && keys["sts:TransitiveTagKeys"]?.count == 6)
    #expect(keys["aws:ResourceTag/team"] == ["red"])
    #expect(
      keys["aws:SourceArn"] == ["arn:aws:eks:us-east-1:111122223333:cluster/local"])
    #expect(keys["aws:SourceAccount"] == ["111122223333"])
    #expect(keys["sts:RoleSessionName"] == ["eks-local-web-1-UUID"])
    let bare = try Sample.keys(hasTags: false).service(to: role)
    #expect(bare["aws:TagKeys"] == nil && bare["sts:TransitiveTagKeys"] == nil)
    #expect(bare["aws:RequestTag/kubernetes-namespace"] == nil)
  }

  @Test("the second hop is the first role's session, has the external id, and the target's tags")
  func chain() throws {
    let first = try Sample.role("first", tags: [("team", "red")])
    let target = try Sample.role("target", tags: [("team", "blue")])
    let keys = try Sample.keys(pod: "web-1").chain(from: first, to: target, externalID: "x-1")
    #expect(keys["sts:ExternalId"] == ["x-1"])
    #expect(keys["aws:ResourceTag/team"] == ["blue"])
    #expect(keys["aws:PrincipalTag/team"] == ["red"])
    #expect(keys["aws:PrincipalArn"] == [first.arn])
    let without = try Sample.keys().chain(from: first, to: target, externalID: nil)
    #expect(without["sts:ExternalId"] == nil)
  }

  @Test(
    "a call has the session's tags, the address of a process here, and whether it is by TLS",
    arguments: [("http://127.0.0.1:1", "false"), ("https://127.0.0.1:1", "true")])
  func call(url: String, isSecure: String) throws {
    let role = try Sample.role("app")
    func keys(isOwn: Bool) throws -> PolicyContext {
      var stack = try Sample.stack(["aws": ["url": .string(url)]])
      stack.isOwn = isOwn
      return PodKeys(account: Sample.account, stack: stack, now: Sample.now, pod: "web-1")
        .call(as: role)
    }
    let own = try keys(isOwn: true)
    #expect(own["aws:SecureTransport"] == [isSecure])
    #expect(own["aws:SourceIp"] == ["127.0.0.1"])
    #expect(own["aws:PrincipalTag/kubernetes-pod-name"] == ["web-1"])
    #expect(own["aws:PrincipalTag/eks-cluster-name"] == ["local"])
    #expect(try keys(isOwn: false)["aws:SourceIp"] == nil)
  }
}

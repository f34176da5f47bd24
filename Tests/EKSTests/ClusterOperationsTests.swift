import AWSDoor
import AWSTestSupport
import HTTP
import JSON
import Platform
import Testing

/// Clusters, pages and tags of EKS; what EKS Auth sees of a change.
@Suite struct ClusterOperationsTests {
  private static let all = "/clusters/local/pod-identity-associations"

  @Test("a cluster is shown with its issuer")
  func clusters() async throws {
    let stack = try await AWSStack()
    #expect(await stack.eks("GET", "/clusters").json == ["clusters": ["local"]])
    let cluster = await stack.eks("GET", "/clusters/local").json?["cluster"]
    #expect(cluster?.at("identity", "oidc")?["issuer"]?.string == AWSStack.issuer)
    #expect(cluster?["endpoint"] == "https://cluster.example")
    #expect(cluster?["arn"] == "arn:aws:eks:us-east-1:111122223333:cluster/local")
    #expect(cluster?["status"] == "ACTIVE" && cluster?["createdAt"] != nil)
  }

  @Test("a list is in the order of namespace and ServiceAccount, filtered, in pages")
  func lists() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    for (namespace, account) in [("b", "x"), ("a", "y"), ("a", "x")] {
      await stack.associate(serviceAccount: account, ["namespace": .string(namespace)])
    }
    func names(_ query: String) async -> [String] {
      let list = await stack.eks("GET", Self.all + query).json?["associations"]?.array ?? []
      return list.map { "\($0["namespace"]?.string ?? "")/\($0["serviceAccount"]?.string ?? "")" }
    }
    #expect(await names("") == ["a/x", "a/y", "b/x"])
    #expect(await names("?namespace=a") == ["a/x", "a/y"])
    #expect(await names("?serviceAccount=x") == ["a/x", "b/x"])
    #expect(await names("?namespace=b&serviceAccount=y") == [])
    let page = await stack.eks("GET", "\(Self.all)?maxResults=2").json
    let token = try #require(page?["nextToken"]?.string)
    #expect(page?["associations"]?.array?.count == 2)
    #expect(await names("?nextToken=\(token)") == ["b/x"])
    #expect(await stack.eks("GET", "\(Self.all)?maxResults=3").json?["nextToken"] == nil)
    for query in ["?maxResults=0", "?maxResults=101", "?nextToken=x"] {
      #expect(
        await stack.eks("GET", Self.all + query).failure.code == "InvalidParameterException",
        "\(query)")
    }
  }

  @Test("tags of an association are set, kept and taken away")
  func tags() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    let id = await stack.associate("reader", ["tags": ["a": "1", "b": "2"]])
    let arn = "arn:aws:eks:us-east-1:111122223333:podidentityassociation/local/\(id)"
    func shown(_ path: String = arn) async -> JSON? {
      await stack.eks("GET", "/tags/\(path)").json?["tags"]
    }
    let set = await stack.eks("POST", "/tags/\(arn)", ["tags": ["b": "3", "c": "4"]])
    #expect(set.status == 200 && set.json == [:])
    #expect(await shown() == ["a": "1", "b": "3", "c": "4"])
    #expect(
      await shown(arn.replacing("/", with: "%2F")) == ["a": "1", "b": "3", "c": "4"])
    let cut = await stack.eks("DELETE", "/tags/\(arn)?tagKeys=a&tagKeys=c&tagKeys=x")
    #expect(cut.status == 200)
    #expect(await shown() == ["b": "3"])
    let empty = await stack.eks("POST", "/tags/\(arn)", ["tags": [:]])
    #expect(empty.failure.code == "BadRequestException")
    #expect(await stack.eks("DELETE", "/tags/\(arn)").failure.code == "BadRequestException")
    let many = (0..<50).reduce(into: JSONObject()) { $0["k\($1)"] = "" }
    let full = await stack.eks("POST", "/tags/\(arn)", ["tags": .object(many)])
    #expect(full.failure.code == "BadRequestException")
    #expect(
      await stack.eks("GET", "/tags/\(arn)x").failure
        == Failure(404, "NotFoundException", "Resource not found: \(arn)x"))
    #expect(
      await stack.eks("GET", "/tags/arn:aws:s3:::b").failure
        == Failure(
          400, "BadRequestException",
          "arn:aws:s3:::b is not the ARN of a resource of EKS."))
  }

  @Test("a change reaches EKS Auth after the delay, EKS at once")
  func delay() async throws {
    let stack = try await AWSStack(associationDelay: .seconds(10))
    await stack.makeRole()
    let id = await stack.associate()
    #expect(await stack.eks("GET", Self.all).json?["associations"]?.array?.count == 1)
    stack.machineClock.advance(by: .seconds(9))
    #expect(
      await stack.assume(try stack.token()).failure.code == "ResourceNotFoundException")
    stack.machineClock.advance(by: .seconds(1))
    #expect(await stack.assume(try stack.token()).status == 200)
    _ = await stack.eks("DELETE", "\(Self.all)/\(id)")
    #expect(await stack.assume(try stack.token()).status == 200)
    stack.machineClock.advance(by: .seconds(10))
    #expect(
      await stack.assume(try stack.token()).failure.code == "ResourceNotFoundException")
  }
}

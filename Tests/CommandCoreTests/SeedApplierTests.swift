import AWSClient
import Cryptography
import HTTP
import JSON
import Platform
import PodIdentity
import Synchronization
import TestSupport
import Testing

@testable import CommandCore

/// What of a seed is made, changed or left, and in which order.
@Suite(.timeLimit(.minutes(10))) struct SeedApplierTests {
  private static func trust(_ role: String) -> String {
    """
    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":\
    "arn:aws:iam::111122223333:role/\(role)"},"Action":"sts:AssumeRole"}]}
    """
  }

  @Test(
    "of roles that name each other the first is closed until all are there",
    arguments: [false, true])
  func circles(isThere: Bool) async throws {
    let server = try SeedServer { call in
      if !call.hasPrefix("GetRole ") { return .text(200, "") }
      guard isThere else { return nil }
      let trust = Self.trust(call.hasSuffix("=x") ? "y" : "x")
      return .text(200, "<AssumeRolePolicyDocument>\(trust)</AssumeRolePolicyDocument>")
    }
    let roles = [("x", "y"), ("y", "x")].map {
      #"{"RoleName":"\#($0.0)","AssumeRolePolicyDocument":\#(Self.trust($0.1))}"#
    }
    let lines = try await server.apply([
      "aws/a.json": #"{"roles":[\#(roles.joined(separator: ","))]}"#
    ])
    await server.stop()
    #expect(lines == ["x", "y"].map { "role \($0): \(isThere ? "unchanged" : "created")" })
    let closed = SeedRoleOrder.closedTrust.text()
    let wanted = [
      "CreateRole RoleName=x AssumeRolePolicyDocument=\(closed)",
      "CreateRole RoleName=y AssumeRolePolicyDocument=\(Self.trust("x"))",
      "UpdateAssumeRolePolicy RoleName=x PolicyDocument=\(Self.trust("y"))",
    ]
    #expect(server.writes == (isThere ? [] : wanted))
  }

  @Test(
    "a provider is made, left as it is, or made anew",
    arguments: [
      (nil, "created"), ("<member>c</member><member>d</member>", "unchanged"),
      ("<member>c</member>", "updated"), ("<member>d</member><member>c</member>", "updated"),
    ] as [(String?, String)])
  func providers(there: String?, outcome: String) async throws {
    let server = try SeedServer { call in
      guard call.hasPrefix("GetOpenIDConnectProvider ") else { return .text(200, "") }
      return there.map {
        .text(
          200,
          "<ClientIDList>\($0)</ClientIDList><ThumbprintList><member>t</member></ThumbprintList>")
      }
    }
    let text = "openIDConnectProviders:\n- {Url: https://i/x, ClientIDList: [c, d]}\n"
    #expect(
      try await server.apply(["aws/a.yaml": text]) == ["identity provider https://i/x: \(outcome)"])
    await server.stop()
    let key = "OpenIDConnectProviderArn=arn:aws:iam::111122223333:oidc-provider/i/x"
    #expect(server.calls.contains("GetOpenIDConnectProvider \(key)"))
    let create =
      "CreateOpenIDConnectProvider Url=https://i/x ClientIDList.member.1=c ClientIDList.member.2=d"
    let writes = [
      "created": [create], "updated": ["DeleteOpenIDConnectProvider \(key)", create],
    ]
    #expect(server.writes == writes[outcome] ?? [])
  }

  private static let association =
    "{namespace: ns, serviceAccount: s, roleArn: r, disableSessionTags: true, tags: {a: '1', b: '2'}}"

  /// The calls for an association where this one is there, and the outcome.
  private func associate(_ there: JSON?, _ wanted: String) async throws -> (String?, [String]) {
    let path = "/clusters/local/pod-identity-associations"
    let server = try SeedServer { call in
      if call.hasPrefix("GET \(path)?namespace=ns&serviceAccount=s ") {
        return .json(200, ["associations": there == nil ? [] : [["associationId": "a-1"]]])
      }
      if call.hasPrefix("GET \(path)/a-1 ") { return .json(200, ["association": there ?? .null]) }
      return .json(200, [:])
    }
    let line = try await server.apply(["aws/a.yaml": "associations:\n- \(wanted)\n"]).first
    await server.stop()
    return (line, server.writes.map { $0.replacing(path, with: "PATH") })
  }

  @Test("an association is made with what the seed says, the cluster's name apart")
  func associationMade() async throws {
    let text = Self.association.replacing("{namespace", with: "{clusterName: local, namespace")
    let (line, writes) = try await associate(nil, text)
    #expect(line == "association ns/s: created")
    #expect(
      writes == [
        #"POST PATH {"namespace":"ns","serviceAccount":"s","roleArn":"r","disableSessionTags":true,"#
          + #""tags":{"a":"1","b":"2"}}"#
      ])
  }

  @Test("of an association what differs is changed, and nothing else")
  func associationChanged() async throws {
    var there: JSONObject = [
      "associationArn": "arn:x", "roleArn": "r", "targetRoleArn": "t", "disableSessionTags": true,
      "tags": ["a": "1", "b": "2"],
    ]
    var (line, writes) = try await associate(.object(there), Self.association)
    #expect(line == "association ns/s: unchanged" && writes.isEmpty)
    there["roleArn"] = "other"
    (line, writes) = try await associate(.object(there), Self.association)
    #expect(line == "association ns/s: updated" && writes == [#"POST PATH/a-1 {"roleArn":"r"}"#])
    there["roleArn"] = "r"
    for (name, value, text) in [
      ("targetRoleArn", "t2", #""t2""#), ("disableSessionTags", "false", "false"),
      ("policy", "'{}'", #""{}""#),
    ] {
      let wanted =
        "{namespace: ns, serviceAccount: s, roleArn: r, \(name): \(value), tags: {a: '1', b: '2'}}"
      (line, writes) = try await associate(.object(there), wanted)
      #expect(line == "association ns/s: updated")
      #expect(writes == [#"POST PATH/a-1 {"\#(name)":\#(text)}"#])
    }
    there["tags"] = ["a": "1", "b": "x", "c": "3", "d e": "4"]
    (line, writes) = try await associate(.object(there), Self.association)
    #expect(line == "association ns/s: updated")
    #expect(
      writes == [
        #"POST /tags/arn%3Ax {"tags":{"b":"2"}}"#,
        "DELETE /tags/arn%3Ax?tagKeys=c&tagKeys=d%20e ",
      ])
    // Where the seed says none, those that are there stay.
    (line, writes) = try await associate(
      .object(there), "{namespace: ns, serviceAccount: s, roleArn: r}")
    #expect(line == "association ns/s: unchanged" && writes.isEmpty)
  }

  @Test("buckets and objects that are there with these bytes stay")
  func objects() async throws {
    let etag = "\"\(Hex.encode(MD5.digest(Array("x".utf8))))\""
    for (there, tag, outcome) in [
      (false, "", "created"), (true, etag, "unchanged"), (true, "\"0\"", "updated"),
    ] {
      let server = try SeedServer { call in
        guard call.hasPrefix("HEAD ") else { return .text(200, "") }
        return there ? HTTPResponse(status: 200, headers: ["ETag": tag]) : HTTPResponse(status: 404)
      }
      let lines = try await server.apply(["s3/bucket/a/b c": "x"])
      await server.stop()
      let bucket = there ? "unchanged" : "created"
      #expect(lines == ["bucket bucket: \(bucket)", "object s3://bucket/a/b c: \(outcome)"])
      let puts = ["PUT /bucket ", "PUT /bucket/a/b%20c x"]
      #expect(server.writes == (there ? (outcome == "updated" ? [puts[1]] : []) : puts))
    }
  }

  @Test("a bucket elsewhere than where S3 takes for granted is told its region")
  func regions() async throws {
    for (region, body) in [
      ("us-east-1", ""),
      (
        "eu-west-1",
        "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
          + "</CreateBucketConfiguration>"
      ),
    ] {
      let server = try SeedServer { call in
        HTTPResponse(status: call.hasPrefix("HEAD ") ? 404 : 200)
      }
      let (info, access) = try server.stack()
      let objects = SeedObjects(s3: try access.s3(info), region: region)
      #expect(try await objects.makeBucket("b") == .created)
      await server.stop()
      #expect(server.writes == ["PUT /b \(body)"])
    }
  }

  @Test("faults come last, each checked before anything is made, and new where the server lacks it")
  func faults() async throws {
    let server = try SeedServer { call in
      if call.hasPrefix("POST /admin/faults?check=1 ") { return .json(200, [:]) }
      if call.hasPrefix("POST /admin/faults ") {
        return .json(201, ["id": .string(call.contains("\"b\"") ? "b" : "a")])
      }
      if call.hasPrefix("GET /admin/faults ") { return .json(200, ["faults": [["id": "a"]]]) }
      if call.hasSuffix("/faults ") { return .json(200, [:]) }
      return call.hasPrefix("HEAD ") ? HTTPResponse(status: 404) : .text(200, "{}")
    }
    let lines = try await server.apply([
      "faults.yaml":
        "- {action: hang, id: a, server: aws-api}\n- {action: hang, id: b, server: aws-api}\n",
      "aws/a.yaml": "clusters: [{name: local}]\n", "s3/bucket/.gitkeep": "",
    ])
    #expect(
      lines == [
        "cluster local: unchanged", "bucket bucket: created", "fault a of aws-api: unchanged",
        "fault b of aws-api: created",
      ])
    func rule(_ id: String) -> String { #"{"action":"hang","id":"\#(id)"}"# }
    #expect(
      server.writes == [
        "POST /admin/faults?check=1 \(rule("a"))", "POST /admin/faults?check=1 \(rule("b"))",
        "PUT /bucket ", "POST /admin/faults \(rule("a"))", "POST /admin/faults \(rule("b"))",
      ])
    let (info, access) = try server.stack()
    let admins = access.admins(info)
    let rules = ["a", "b"].map {
      SeedFaults.Rule(
        json: ["action": "hang", "id": .string($0), "server": "aws-api"], place: "f:\($0)")
    }
    let placed = try await SeedFaults.place(rules, at: admins)
    #expect(placed.map { $0.rule["id"]?.string } == ["a", "b"])
    #expect(placed.allSatisfy { $0.rule["server"] == nil && $0.admin.isOf(.awsAPI) })
    var bad = rules[0]
    bad.json["server"] = "none"
    let error = await #expect(throws: CommandFailure.self) {
      _ = try await SeedFaults.place([bad], at: admins)
    }
    #expect(error?.description.hasPrefix("f:a: there is no server \"none\"") == true)
    #expect(try await SeedFaults.place([], at: []).isEmpty)
    await server.stop()
  }

  @Test("a cluster is one that the stack has, or the seed is none for it")
  func clusters() async throws {
    let server = try SeedServer { call in
      call.hasPrefix("GET /clusters/local ")
        ? .json(200, [:]) : .json(404, ["message": "no such cluster"])
    }
    #expect(
      try await server.apply(["aws/a.yaml": "clusters:\n- name: local\n"])
        == ["cluster local: unchanged"])
    let error = await #expect(throws: CommandFailure.self) {
      _ = try await server.apply(["aws/a.yaml": "clusters:\n- name: local\n- name: other\n"])
    }
    #expect(
      error?.description.contains(":3: the seed's cluster other is none that aws-api") == true)
    await server.stop()
  }

  @Test(
    "what AWS's sentence leaves out is told with it, as the server noted it of the stack's own call",
    arguments: [
      (#"{"outcome":"Bad","origin":"stack","reason":"true reason"}"#, " (true reason)"),
      (#"{"outcome":"Bad","origin":"stack","reason":"no"}"#, ""),
      (#"{"outcome":"Bad","origin":"app","reason":"true reason"}"#, ""),
      (#"{"outcome":"Other","origin":"stack","reason":"true reason"}"#, ""), ("", ""),
    ])
  func reasons(event: String, added: String) async throws {
    let server = try SeedServer { call in
      if call.hasPrefix("GET /admin/events") { return .text(200, event + "\n") }
      return .text(400, "<Code>Bad</Code><Message>no</Message>")
    }
    let error = await #expect(throws: CommandFailure.self) {
      _ = try await server.apply(["aws/a.yaml": "openIDConnectProviders:\n- Url: https://i\n"])
    }
    #expect(
      error?.description.hasSuffix("a.yaml:2: identity provider https://i: Bad: no\(added)") == true
    )
    await server.stop()
  }
}

import HTTP
import JSON
import KubernetesClient
import Platform
import PodIdentity
import Testing

@testable import CommandCore

/// What a stack's servers are asked of its state, and what is made of their answers.
@Suite(.timeLimit(.minutes(10))) struct StackQuestionsTests {
  @Test("faults and clocks are those of the servers that answer, and told with what ends them")
  func notes() async throws {
    let server = try SeedServer { call in
      if call.hasPrefix("GET /admin/faults ") {
        return .json(
          200,
          [
            "faults": [
              ["id": "f 1", "action": "hang", "met": 1, "count": 2, "calls": 9],
              ["id": "f2", "action": "hang", "met": 1, "count": 1],
            ]
          ])
      }
      if call.hasPrefix("GET /admin/clock ") {
        return .json(200, ["offsetSeconds": .number("90.5")])
      }
      if call.hasPrefix("GET /n/clock ") { return .json(200, ["offsetSeconds": 0]) }
      return nil
    }
    let (info, access) = try server.stack()
    let admins = access.admins(info)
    let faults = await StackFaults.read(admins)
    #expect(faults.all.map(\.text) == ["id=f 1 action=hang count=2", "id=f2 action=hang count=1"])
    #expect(faults.active.map(\.id) == ["f 1"] && faults.all[0].service == "aws-api")
    let offsets = await ClockOffsets.read(admins)
    #expect(offsets.map { "\($0.service) \($0.seconds)" } == ["aws-api 90.5", "node-agent 0.0"])
    let clock = ManualClock(Instant(seconds: 100))
    #expect(await ClockOffsets.now(admins, clock) == Instant(seconds: 100) + .milliseconds(90_500))
    #expect(await ClockOffsets.now([], clock) == Instant(seconds: 100))
    let lines = await StackNotes.lines(of: info, admins).map(\.text)
    let place = " --stack \(info.path))"
    #expect(
      lines == [
        "! aws-api has a fault set: id=f 1 action=hang count=2  (podid fault clear 'f 1'" + place,
        "! aws-api's clock is moved by 90 s  (podid clock reset" + place,
      ])
    var other = info
    other.isOwn = false
    let short = await StackNotes.lines(of: other, admins.filter { $0.isOf(.awsAPI) }).map(\.text)
    #expect(short.last == "! the stack's clock is moved by 90 s  (podid clock reset)")
    await server.stop()
  }

  @Test("an answer that refuses, and one that is none, are failures with the server's words")
  func admin() async throws {
    let server = try SeedServer { call in
      switch call.split(separator: " ")[1] {
      case "/admin/no": .json(409, ["message": "not now"])
      case "/admin/odd": .text(200, "odd")
      case "/admin/healthz": .json(200, ["service": "aws-api", "pid": 5])
      case "/k/healthz": .json(200, ["service": "aws-api", "pid": 5_000_000_000])
      case "/admin/events?since=3": .text(200, "{\"a\":1}\nx\n\n{\"a\":2}\n")
      default: .text(500, "")
      }
    }
    let (info, access) = try server.stack()
    let admins = access.admins(info)
    let aws = try #require(admins.server(.awsAPI))
    for (path, text, status) in [
      ("/no", "aws-api's admin port: not now", 409),
      ("/other", "aws-api's admin port: it answers 500", 500),
      ("/odd", "aws-api's admin port answers what is no JSON", nil),
    ] as [(String, String, Int?)] {
      let error = await #expect(throws: CommandFailure.self) { _ = try await aws.send("GET", path) }
      #expect(error?.description == text && error?.status == status)
    }
    let health = await aws.health()
    #expect(health?.service == "aws-api" && health?.pid == 5)
    #expect(await admins[0].health() == nil)
    #expect(try await aws.events(since: 3).map { $0["a"]?.integer } == [1, 2])
    await server.stop()
  }

  @Test("a role is what IAM answers of it, with all its policies; one of another path is none")
  func roles() async throws {
    let trust = #"{"Version":"2012-10-17","Statement":[]}"#
    let server = try SeedServer { call in
      switch call {
      case "GetRole RoleName=r":
        .text(
          200,
          "<Arn>arn:aws:iam::1:role/x/r</Arn><RoleId>AROA</RoleId><AssumeRolePolicyDocument>\(trust)"
            + "</AssumeRolePolicyDocument><Key>k</Key><Value>v</Value>")
      case "ListRolePolicies RoleName=r": .text(200, "<member>p</member><member>q</member>")
      case "GetRolePolicy RoleName=r PolicyName=p":
        .text(200, "<PolicyDocument>\(trust)</PolicyDocument>")
      case "GetRolePolicy RoleName=r PolicyName=q": .text(200, "<PolicyDocument>{</PolicyDocument>")
      case "GetRole RoleName=busy": .text(503, "<Code>Busy</Code><Message>m</Message>")
      case "ListRoles MaxItems=1000":
        .text(
          200,
          "<Arn>a</Arn><AssumeRolePolicyDocument>\(trust)</AssumeRolePolicyDocument>"
            + "<Arn>b</Arn><AssumeRolePolicyDocument>{</AssumeRolePolicyDocument>")
      default: nil
      }
    }
    let (info, access) = try server.stack()
    let aws = try access.aws(info)
    let role = try #require(try await RoleLookup.find(arn: "arn:aws:iam::1:role/x/r", aws: aws))
    #expect(role.name == "r" && role.id == "AROA")
    #expect(try role.trustJSON == JSON.parse(trust))
    #expect(role.inline.map(\.name) == ["p"])
    #expect(role.tags.map { "\($0.key)=\($0.value)" } == ["k=v"])
    #expect(try await RoleLookup.find(arn: "arn:aws:iam::1:role/r", aws: aws) == nil)
    #expect(try await RoleLookup.find(name: "none", aws: aws) == nil)
    let error = await #expect(throws: (any Error).self) {
      _ = try await RoleLookup.find(name: "busy", aws: aws)
    }
    #expect(error.map { "\($0)" } == "Busy: m")
    let all = try await RoleLookup.all(aws)
    #expect(all.map(\.arn) == ["a", "b"] && all.map(\.trust.isNull) == [false, true])
    await server.stop()
  }

  /// A pod on a node, Ready or waiting for a reason.
  private static func pod(_ node: String?, isReady: Bool = false, waits: String? = nil) -> JSON {
    var spec = JSONObject()
    spec["nodeName"] = node.map(JSON.string)
    var conditions: [JSON] = [["type": "Ready", "status": isReady ? "True" : "False"]]
    if let waits {
      conditions.append(
        ["type": "PodScheduled", "status": "False", "message": .string(waits)])
    }
    return ["spec": .object(spec), "status": ["conditions": .array(conditions)]]
  }

  @Test("a pod is waited for while this stack's node may still write its files")
  func pods() async throws {
    for (pod, isFound, reason) in [
      (Self.pod("n", isReady: true), true, "the last"), (Self.pod("n"), false, "the last"),
      (Self.pod(""), false, "the last"),
      (
        Self.pod("other"), false,
        "it is on node other, and this stack's node, which writes files, is n"
      ),
      (
        Self.pod(nil, waits: "0/1 nodes"), false,
        "0/1 nodes; podid status tells which node takes no pods, or runs not at all"
      ),
    ] {
      let server = try SeedServer { call in
        if call.hasPrefix("GET /api/v1/namespaces/ns/pods/p ") { return .json(200, pod) }
        if call.hasPrefix("GET /api/v1/namespaces/ns/events?fieldSelector=involvedObject.name%3Dp ")
        {
          return .json(200, ["items": [["message": "first"], ["message": "the last"]]])
        }
        guard call.hasPrefix("GET /api/v1/namespaces/ns/pods?fieldSelector=metadata.name%3Dp ")
        else {
          return .text(200, "")
        }
        return .json(200, ["metadata": ["resourceVersion": "1"], "items": [pod]])
      }
      let (info, access) = try server.stack()
      let readiness = PodReadiness(
        kubernetes: try access.kubernetes(info), namespace: "ns", name: "p", waitsForNode: false,
        node: "n")
      // What may come yet is waited for; all else is known at once.
      let isOpen = reason == "the last" && !isFound
      let found = await readiness.wait(isOpen ? .milliseconds(1) : .seconds(1000))
      #expect((found != nil) == isFound && found == (isFound ? pod : nil))
      #expect(await readiness.reason() == reason)
      await server.stop()
    }
  }

  @Test("a node takes pods where it is Ready and not cordoned")
  func nodes() async throws {
    func node(_ isReady: Bool, _ isCordoned: Bool) -> JSON {
      var pod = Self.pod(nil, isReady: isReady).object ?? [:]
      pod["spec"] = ["unschedulable": .bool(isCordoned)]
      return .object(pod)
    }
    for (node, isReady, text) in [
      (node(true, false), true, nil), (node(false, false), false, "not Ready"),
      (node(true, true), true, "it takes no new pods (cordoned)"),
      (node(false, true), false, "not Ready"),
    ] as [(JSON, Bool, String?)] {
      let server = try SeedServer { call in
        let list: JSON = ["metadata": ["resourceVersion": "1"], "items": [node]]
        return .json(200, call.hasPrefix("GET /api/v1/nodes/n ") ? node : list)
      }
      let (info, access) = try server.stack()
      let readiness = NodeReadiness(kubernetes: try access.kubernetes(info), node: "n")
      #expect(try await readiness.isReady() == isReady)
      let problem = try await readiness.problem()
      #expect(problem?.text == text)
      let mend = text?.hasPrefix("it takes") == true ? "kubectl uncordon n" : nil
      #expect(problem?.mend?.text == mend)
      if isReady { await readiness.wait(.seconds(1000)) }
      await server.stop()
    }
  }
}

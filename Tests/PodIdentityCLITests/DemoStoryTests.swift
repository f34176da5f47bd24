import Glibc
import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// The demo's story: whole where each hop worked, each in a process of its own.
@Suite(.timeLimit(.minutes(10))) struct DemoStoryTests {
  private static let mount = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
  private static let token =
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6ZGVmYXVsdDphcHAifQ.c2ln"

  /// The story as a stack tells it whose agent answers `credentials`, with what the AWS CLI does.
  private static func tell(
    credentials: JSON?, listing: String = "echo file", put: String = "echo AccessDenied >&2; exit 1"
  ) async throws -> (isWhole: Bool, hops: [JSON], writes: [String]) {
    let pod: JSON = [
      "metadata": [
        "name": "s3-access-pod", "namespace": "default", "uid": "u", "resourceVersion": "1",
      ],
      "spec": [
        "serviceAccountName": "s3-reader-sa", "nodeName": "local-node",
        "volumes": [["name": "eks-pod-identity-token", "projected": [:]]],
        "containers": [
          [
            "name": "app",
            "volumeMounts": [["name": "eks-pod-identity-token", "mountPath": .string(mount)]],
            "env": [
              [
                "name": "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                "value": .string("\(mount)/eks-pod-identity-token"),
              ],
              ["name": "AWS_CONTAINER_CREDENTIALS_FULL_URI", "value": "http://x"],
            ],
          ]
        ],
      ],
      "status": ["conditions": [["type": "Ready", "status": "True"]]],
    ]
    let pods = "/api/v1/namespaces/default/pods"
    let stack = try StandInStack { call in
      if call.contains("watch=") { return .text(200, "") }
      if call.hasPrefix("POST \(pods) ") { return .json(201, pod) }
      if call.hasPrefix("GET \(pods)?") {
        return .json(200, ["metadata": ["resourceVersion": "1"], "items": [pod]])
      }
      if call == "GET /v1/credentials" {
        return credentials.map { .json(200, $0) } ?? .text(500, "no credentials")
      }
      if call == "GET /a/events?since=0" {
        return .text(
          200,
          #"{"operation":"AssumeRoleForPodIdentity","outcome":"ok","assumedRole":"arn:r"}"# + "\n"
            + #"{"operation":"PutObject","outcome":"AccessDenied","reason":"nothing allows"}"#
            + "\n")
      }
      return nil
    }
    let folder = "\(stack.folder)/pods/default/s3-access-pod\(mount)"
    var made = ""
    for part in folder.split(separator: "/") {
      made += "/\(part)"
      if !SafeFile.exists(made) { try SafeFile.makeFolder(made) }
    }
    // As the kubelet writes it.
    try SafeFile.makeFolder("\(folder)/..1")
    try SafeFile.write(Array(token.utf8), to: "\(folder)/..1/eks-pod-identity-token")
    symlink("..1", "\(folder)/..data")
    symlink("..data/eks-pod-identity-token", "\(folder)/eks-pod-identity-token")
    let cli = try Scratch.folder([
      "aws": "case \"$2\" in ls) \(listing);; cp) \(put);; esac\n"
    ])
    let script = "#!/bin/sh\n" + (try SafeFile.readText("\(cli)/aws"))
    _ = try await CapturedProcess.run(
      ["sh", "-c", "printf %s \"$0\" >\(cli)/aws; chmod 700 \(cli)/aws", script],
      environment: ["PATH": "/usr/bin:/bin"])
    let info = try StackInfo(
      json: JSON.parse(SafeFile.read(stack.file([4001, 4002, 4003]))),
      path: "\(stack.folder)/stack.json")
    var isWhole = false
    let printed = try await Printed.of {
      let context = try CommandContext.of(
        .demo, ["--json"],
        ["PATH": "/usr/bin:/bin", "XDG_STATE_HOME": "\(stack.folder)/home"])
      let teller = DemoTeller(context)
      isWhole = try await Demo(
        stack: info, context: context, teller: teller, cli: "\(cli)/aws"
      ).run()
      teller.finish()
      return 0
    }
    #expect(printed.code == 0 && printed.failure.isEmpty)
    return (isWhole, try printed.output.map { try JSON.parse($0) }, stack.writes)
  }

  private static let good: JSON = ["AccessKeyId": "ASIA", "AccountId": "1", "Token": "t"]

  @Test("where each hop works, six are told and all are well")
  func whole() async {
    await #expect(processExitsWith: .success) {
      let found = try await DemoStoryTests.tell(credentials: DemoStoryTests.good)
      #expect(found.isWhole)
      try #require(found.hops.count == 6)
      #expect(found.hops.map { $0["hop"]?.integer } == [1, 2, 3, 4, 5, 6])
      #expect(found.hops.allSatisfy { $0["ok"] == true })
      #expect(
        found.hops[0]["answers"]?[0]?.string
          == "admission added AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, "
          + "AWS_CONTAINER_CREDENTIALS_FULL_URI, a token volume")
      #expect(
        found.hops[2]["answers"]?[0] == "200 AccessKeyId ASIA, AccountId 1, Expiration ?")
      #expect(found.hops[3]["answers"]?[0] == "200 arn:r")
      #expect(found.hops[4]["output"] == ["file"])
      #expect(found.hops[5]["output"] == ["why: nothing allows"])
    }
  }

  @Test("a listing that fails, a put that is not refused, or an agent without credentials spoil it")
  func spoilt() async {
    await #expect(processExitsWith: .success) {
      let good = DemoStoryTests.good
      let unlisted = try await DemoStoryTests.tell(credentials: good, listing: "exit 3")
      #expect(!unlisted.isWhole)
      try #require(unlisted.hops.count == 6)
      #expect(unlisted.hops[4]["answers"] == ["the listing failed with 3"])
      #expect(unlisted.hops.map { $0["ok"] } == [true, true, true, true, false, true])
      let unrefused = try await DemoStoryTests.tell(credentials: good, put: "echo fine")
      #expect(!unrefused.isWhole)
      #expect(unrefused.hops.map { $0["ok"] } == [true, true, true, true, true, false])
      let tokenless = try await DemoStoryTests.tell(credentials: ["AccessKeyId": "A"])
      #expect(!tokenless.isWhole && tokenless.hops.count == 6)
      let none = try await DemoStoryTests.tell(credentials: nil)
      #expect(!none.isWhole)
      try #require(none.hops.count == 3)
      #expect(none.hops[2]["ok"] == false && none.hops[2]["answers"] == ["500 no credentials"])
    }
  }
}

import AdminAPI
import JSON
import Platform
import PodIdentity
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// Faults as people write them.
@Suite struct FaultRuleTests {
  @Test(
    "words and flags become the members of a rule",
    arguments: [
      (["hang"], [:]), (["error", "Throttling"], ["code": "Throttling"]),
      (["status", "503"], ["status": 503]), (["delay", "3s"], ["duration": "3s"]),
      (["drip", "--duration", "3s"], ["duration": "3s"]),
      (
        ["error", "X", "--status", "418", "--message", "m"],
        ["code": "X", "status": 418, "message": "m"]
      ),
      (
        ["hang", "--service-account", "ns/a", "--pod", "p"],
        ["namespace": "ns", "serviceAccount": "a", "pod": "p"]
      ),
      (["hang", "--service-account", "a"], ["namespace": "default", "serviceAccount": "a"]),
      (
        ["hang", "--nth", "2", "--count", "3", "--seed", "-1", "--probability", "0.5"],
        ["nth": 2, "count": 3, "seed": -1, "probability": .number("0.5")]
      ),
      (["hang", "--operation", "GetRole", "--id", "i"], ["operation": "GetRole", "id": "i"]),
    ] as [([String], JSONObject)])
  func members(words: [String], members: JSONObject) throws {
    let arguments = try CommandArguments(["add"] + words, of: .fault)
    var wanted = members
    wanted["action"] = .string(words[0])
    #expect(try FaultRule.json(arguments.operands, arguments) == wanted)
  }

  @Test(
    "what is no number, or follows an action that takes no word, is wrong usage",
    arguments: [
      (["status", "x"], "a status must be a number, not \"x\""),
      (["hang", "x"], "unexpected \"x\""), (["drip", "3s"], "unexpected \"3s\""),
      (["no-expiration", "x"], "unexpected \"x\""),
      (["hang", "--nth", "x"], "--nth must be a number, not \"x\""),
      (["hang", "--probability", "2"], "--probability must be from 0 to 1, not \"2\""),
    ])
  func refusals(words: [String], reason: String) throws {
    let arguments = try CommandArguments(["add"] + words, of: .fault)
    let error = #expect(throws: UsageError.self) {
      try FaultRule.json(arguments.operands, arguments)
    }
    #expect(error?.description == "podid fault: \(reason)")
  }

  private static let servers: [(service: String, json: JSON)] = [
    (
      "kubernetes-api",
      [
        "operations": ["TokenRequest", "get pods"], "actions": ["hang"],
        "special": ["expired-token": ["TokenRequest"]],
      ]
    ),
    (
      "aws-api",
      [
        "operations": ["AssumeRoleForPodIdentity", "GetRole"], "actions": ["hang"],
        "special": ["expired-token": ["AssumeRoleForPodIdentity"]],
      ]
    ),
    ("node-agent", ["operations": ["GetCredentials"], "actions": ["hang"], "special": [:]]),
  ]

  @Test(
    "a rule goes to the server that has its operation; without one, to the usual one that knows it",
    arguments: [
      (["action": "hang"], nil, 2, "GetCredentials"),
      (["action": "expired-token"], nil, 1, "AssumeRoleForPodIdentity"),
      (["action": "expired-token", "operation": "TokenRequest"], nil, 0, "TokenRequest"),
      (["action": "hang", "operation": "get pods"], nil, 0, "get pods"),
      (["action": "hang"], "aws-api", 1, nil),
    ] as [(JSONObject, String?, Int, String?)])
  func place(rule: JSONObject, server: String?, index: Int, operation: String?) throws {
    var rule = rule
    #expect(try FaultRule.place(&rule, server: server, among: Self.servers) == index)
    #expect(rule["operation"]?.string == operation)
  }

  @Test("the README's table has every action, as the help has it")
  func readme() throws {
    let readme = try Repository.text("README.md")
    let rows =
      FaultKind.all.map { "| `\($0.name)` | all | \($0.help) |" }
      + ServiceFault.all.map {
        "| `\($0.name)` | \($0.operations.joined(separator: ", ")) | \($0.help) |"
      }
    for row in rows { #expect(readme.contains("\n\(row)\n"), "\(row)") }
    #expect(FaultActions.choices.count == rows.count)
  }
}

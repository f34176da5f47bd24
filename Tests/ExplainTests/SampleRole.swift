import IAMPolicy
import JSON
import Platform
import PodIdentity
import TestSupport

@testable import CommandCore
@testable import Explain

/// A stack, an account and roles for tests of what is said of them.
enum Sample {
  static let account = AccountName(namespace: "default", name: "app")
  static let now = Instant(seconds: 1_764_460_800)
  static let accountID = "111122223333"
  static let roles = "arn:aws:iam::111122223333:role/"

  /// A stack file's content, with other members where a test needs them.
  static func stack(_ more: JSONObject = [:]) throws -> StackInfo {
    var json = SampleStack.json.object ?? [:]
    json["cluster"] = "local"
    json["account"] = .string(accountID)
    json["node"] = "node-1"
    for member in more { json[member.name] = member.value }
    return try StackInfo(json: .object(json), path: "/stack.json")
  }

  /// A document of these statements, each in JSON.
  static func document(_ statements: String...) throws -> JSON {
    try JSON.parse(
      "{\"Version\":\"2012-10-17\",\"Statement\":[\(statements.joined(separator: ","))]}")
  }

  /// A role with inline policies.
  static func role(
    _ name: String, policies: [(String, JSON)] = [], trust: JSON = TrustRepair.standard,
    tags: [(key: String, value: String)] = []
  ) throws -> RoleLookup {
    RoleLookup(
      name: name, arn: roles + name, id: "AROA\(name)", trustJSON: trust,
      trust: try PolicyDocument(json: trust, kind: .trust, isStored: true),
      inline: try policies.map {
        RoleLookup.Policy(
          name: $0.0, json: $0.1, document: try PolicyDocument(json: $0.1, kind: .inline))
      }, tags: tags)
  }

  /// The keys of a pod of the account.
  static func keys(pod: String = PodKeys.unknownPod, hasTags: Bool = true) throws -> PodKeys {
    PodKeys(account: account, stack: try stack(), now: now, pod: pod, hasTags: hasTags)
  }

  /// A role as an association gives it.
  static func effective(
    _ policies: [(String, JSON)], session: String? = nil, pod: String = PodKeys.unknownPod
  ) throws -> EffectiveRole {
    EffectiveRole(
      role: try role("app", policies: policies),
      association: session.map { ["policy": .string($0)] } ?? [:], keys: try keys(pod: pod))
  }
}

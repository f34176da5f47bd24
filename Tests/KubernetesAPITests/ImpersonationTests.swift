import HTTP
import JSON
import Testing

@testable import KubernetesAPI

@Suite struct ImpersonationTests {
  private static let whoami = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
  private static let account = "system:serviceaccount:default:default"

  /// Whom the administrator is when these fields are sent.
  private func user(_ fields: [(String, String)]) async throws -> JSON? {
    let world = try await EndpointWorld(mode: .alwaysAllow)
    return await world.send("POST", Self.whoami, [:], as: fields).json.at("status", "userInfo")
  }

  @Test("a user, a ServiceAccount and nobody, with the groups that they have or that are asked for")
  func groups() async throws {
    let rows: [([(String, String)], String, JSON)] = [
      ([("Impersonate-User", "jane")], "jane", ["system:authenticated"]),
      (
        [("Impersonate-User", Self.account)], Self.account,
        ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"]
      ),
      (
        [
          ("impersonate-user", Self.account), ("impersonate-GROUP", "a"),
          ("Impersonate-Group", "b"),
        ],
        Self.account, ["a", "b", "system:authenticated"]
      ),
      // Names that are no ServiceAccount's.
      (
        [("Impersonate-User", "system:serviceaccount:default")], "system:serviceaccount:default",
        ["system:authenticated"]
      ),
      (
        [("Impersonate-User", "system:serviceaccount:a:b:c")], "system:serviceaccount:a:b:c",
        ["system:authenticated"]
      ),
      ([("Impersonate-User", "system:anonymous")], "system:anonymous", ["system:unauthenticated"]),
      (
        [("Impersonate-User", "jane"), ("Impersonate-Group", "system:unauthenticated")], "jane",
        ["system:unauthenticated"]
      ),
      ([("Impersonate-User", "")], "kubernetes-admin", ["system:masters", "system:authenticated"]),
    ]
    for (fields, name, groups) in rows {
      let found = try await user(fields)
      #expect(found?["username"] == .string(name))
      #expect(found?["groups"] == groups, "\(fields)")
    }
  }

  @Test("a UID, and extras with their keys in lower case and decoded")
  func extras() async throws {
    let found = try await user([
      ("Impersonate-User", "jane"), ("Impersonate-Uid", "u-1"),
      ("Impersonate-Extra-Scopes", "a"), ("Impersonate-Extra-scopes", "b"),
      ("Impersonate-Extra-Acme.com%2fProject", "c"), ("Impersonate-Extra-%zz", "d"),
    ])
    #expect(found?["uid"] == "u-1")
    #expect(found?["extra"] == ["%zz": ["d"], "acme.com/project": ["c"], "scopes": ["a", "b"]])
  }

  @Test("whoever is impersonated may do what they may do, and no more")
  func rights() async throws {
    let world = try await EndpointWorld()
    func status(_ user: String, _ method: String, _ path: String) async -> Int {
      await world.send(method, path, as: [("Impersonate-User", user)]).status
    }
    #expect(await status("jane", "GET", "/api/v1/secrets") == 403)
    #expect(await status(Self.account, "GET", "/api/v1/namespaces/default/secrets") == 403)
    #expect(await status(Self.account, "DELETE", "/api/v1/namespaces/default/pods") == 403)
    #expect(await status("system:anonymous", "GET", "/api") == 403)
    #expect(await status("jane", "GET", "/api") == 200)
    let masters = [("Impersonate-User", "jane"), ("Impersonate-Group", "system:masters")]
    #expect(await world.send("GET", "/api/v1/secrets", as: masters).status == 200)
    let node = [("Impersonate-User", "system:node:n"), ("Impersonate-Group", "system:nodes")]
    #expect(await world.send("GET", "/api/v1/nodes", as: node).status == 403)
    #expect(await world.send("GET", "/api/v1/nodes/n", as: node).status == 404)
  }

  @Test("each field takes a right of its own, which no token but the administrator's has")
  func refusals() async throws {
    let world = try await EndpointWorld()
    let who = "User \"system:node:local-node\" cannot impersonate resource"
    let rows: [([(String, String)], String)] = [
      (
        [("Impersonate-User", "jane")],
        "users \"jane\" is forbidden: \(who) \"users\" in API group \"\" at the cluster scope"
      ),
      (
        [("Impersonate-User", Self.account)],
        "serviceaccounts \"default\" is forbidden: \(who) \"serviceaccounts\" in API group \"\" "
          + "in the namespace \"default\""
      ),
    ]
    for (fields, message) in rows {
      let answer = await world.send("GET", "/api/v1/nodes", token: "node-token", as: fields)
      #expect(answer.status == 403)
      #expect(answer.json["message"] == .string(message))
    }
    for field in ["Impersonate-Group", "Impersonate-Uid", "Impersonate-Extra-a"] {
      #expect(await world.send("GET", "/api/v1/secrets", as: [(field, "x")]).status == 400)
    }
    let whole = try #require(
      try Impersonation([
        "Impersonate-User": "jane", "Impersonate-Group": "system:masters", "Impersonate-Uid": "u",
        "Impersonate-Extra-Scopes": "s",
      ]))
    #expect(
      whole.rights.map { "\($0.verb) \($0.group)/\($0.path) \($0.name)" } == [
        "impersonate /users jane", "impersonate /groups system:masters",
        "impersonate authentication.k8s.io/userextras/scopes s",
        "impersonate authentication.k8s.io/uids u",
      ])
  }
}

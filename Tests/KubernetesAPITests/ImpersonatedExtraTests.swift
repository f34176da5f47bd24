import HTTP
import Testing

@testable import KubernetesAPI

/// What it takes to claim an extra of another user.
@Suite struct ImpersonatedExtraTests {
  @Test("each value of an extra takes a right, also behind the first of its key")
  func values() throws {
    var headers: HTTPHeaders = ["Impersonate-User": "jane"]
    for (name, value) in [("Scopes", "view"), ("scopes", "admin"), ("team", "x")] {
      headers.append("Impersonate-Extra-\(name)", value)
    }
    let wanted = try #require(try Impersonation(headers))
    #expect(
      wanted.rights.map { "\($0.path) \($0.name)" }
        == ["users jane", "userextras/scopes view", "userextras/scopes admin", "userextras/team x"])
  }
}

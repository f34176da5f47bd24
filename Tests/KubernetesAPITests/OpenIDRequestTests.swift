import HTTP
import JSON
import Testing

@testable import KubernetesAPI

/// Requests of the documents by which tokens are verified.
@Suite struct OpenIDRequestTests {
  private static let keys = "/openid/v1/jwks"
  private static let configuration = "/.well-known/openid-configuration"

  private func status(
    _ method: String, _ path: String, accepts: [String] = []
  ) async throws -> (immediate: Int?, status: Int) {
    let world = try IdentityWorld()
    let documents = OpenIDDocuments(
      keyring: world.keyring, identity: world.identity, server: IdentityWorld.issuer)
    var headers: HTTPHeaders = [:]
    for accept in accepts { headers.append("Accept", accept) }
    let request = HTTPRequest(method: method, target: path, headers: headers)
    let immediate = documents.immediateResponse(to: request)
    do throws(StatusError) {
      return (immediate?.status, try await documents.respond(to: request).status)
    } catch { return (immediate?.status, error.code) }
  }

  @Test(
    "GET and HEAD are answered, nothing else",
    arguments: [("GET", 200, 200), ("HEAD", nil, 200), ("POST", nil, 405)] as [(String, Int?, Int)])
  func methods(method: String, immediate: Int?, answer: Int) async throws {
    for path in [Self.keys, Self.configuration, "/keys"] {
      let found = try await status(method, path)
      #expect(found.immediate == immediate && found.status == answer, "\(path)")
    }
    #expect(try await status("GET", "/nosuch").status == 404)
  }

  @Test(
    "the keys are of one type, which a client must take",
    arguments: [
      ([], true), (["*/*"], true), (["application/*;q=0.5"], true),
      (["text/plain, application/jwk-set+json"], true), (["text/plain", "*/*"], true),
      (["application/json"], false), (["text/plain, application/json"], false),
    ])
  func types(accepts: [String], isTaken: Bool) async throws {
    let keys = try await status("GET", Self.keys, accepts: accepts)
    #expect(keys.immediate == (isTaken ? 200 : nil) && keys.status == (isTaken ? 200 : 406))
    // EKS's own place and the configuration do not ask.
    for path in ["/keys", Self.configuration] {
      #expect(try await status("GET", path, accepts: accepts).status == 200)
    }
  }
}
